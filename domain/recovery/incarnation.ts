/** What one look at a running incarnation means: the same rules at run time and after a restart. */
import type { Command } from '../command.ts'
import type { Container, Running } from '../container/state.ts'
import { sameProcess } from '../identity.ts'
import type { LaunchObservation } from '../ports/process-ports.ts'
import type { Now } from '../time.ts'

export interface Look {
  readonly now: Now
  /** The latest wall time (ms) at which the process is known to have lived. */
  readonly lastAliveWallMs: number
}

export type Reading =
  | { readonly _tag: 'Conclusive'; readonly commands: ReadonlyArray<Command> }
  /** The init is dead and the monitor still has to write the exit down: look again soon. */
  | { readonly _tag: 'Draining' }

const isOurs = (phase: Running, o: LaunchObservation): boolean =>
  o.init !== undefined && sameProcess(o.init.identity, phase.processes.init)

const exitUnknown = (c: Container, attempt: number, look: Look, reason: string): Command => ({
  _tag: 'ObserveExit',
  id: c.id,
  attempt,
  exit: {
    _tag: 'UnknownExit',
    lastAliveWallMs: look.lastAliveWallMs,
    firstDeadWallMs: look.now.wallMs,
    reason,
  },
  oomKilled: false,
  reboot: false,
})

const conclusive = (commands: ReadonlyArray<Command>): Reading => ({
  _tag: 'Conclusive',
  commands,
})

const ofLiving = (c: Container, phase: Running, o: LaunchObservation): Reading =>
  conclusive([
    ...(o.oomKilled && !c.oomSeen
      ? [{ _tag: 'ObserveOom', id: c.id, attempt: phase.attempt } as const]
      : []),
    ...(o.monitor?.alive !== true && !phase.monitorLost
      ? [{ _tag: 'ObserveMonitorLost', id: c.id, attempt: phase.attempt } as const]
      : []),
  ])

/**
 * `processes` is the number of live processes in the container's cgroups where it is known: the
 * witness of last resort when the run directory has been taken away.
 */
export const readIncarnation = (
  c: Container,
  phase: Running,
  o: LaunchObservation,
  look: Look & { readonly processes?: number },
): Reading => {
  if (o.exit !== undefined)
    return conclusive([
      {
        _tag: 'ObserveExit',
        id: c.id,
        attempt: phase.attempt,
        exit: o.exit,
        oomKilled: o.oomKilled,
        reboot: false,
      },
    ])
  if (isOurs(phase, o) && o.init?.alive === true) return ofLiving(c, phase, o)
  // Of the monitor nothing is known then: it is not said to be gone.
  if (o.init === undefined && (look.processes ?? 0) > 0) return conclusive([])
  if (o.monitor?.alive === true) return { _tag: 'Draining' }
  return conclusive([
    exitUnknown(
      c,
      phase.attempt,
      look,
      phase.monitorLost || o.monitor !== undefined
        ? 'the monitor was gone before it could record the exit'
        : 'the run directory is gone',
    ),
  ])
}
