/** One look at a launch; where its run directory was taken away, the journalled processes count. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ExecId, ProcessIdentity } from '../../domain/identity.ts'
import type { Answer } from '../../domain/ports/answer.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { Launched, LaunchObservation } from '../../domain/ports/process-ports.ts'

const ifAlive = (
  ports: Ports,
  identity: ProcessIdentity,
): Answer<LaunchObservation['init'] | undefined> =>
  pipe(
    ports.process.isAlive(identity),
    TE.map((alive) => (alive ? { identity, alive } : undefined)),
  )

type Living = Pick<LaunchObservation, 'init' | 'monitor'>

/** Which processes of a launch live, by the identities that the journal holds since then. */
export const livingOf = (ports: Ports, { init, monitor }: Launched): Answer<Living> =>
  pipe(
    TE.Do,
    TE.apS('init', ifAlive(ports, init)),
    TE.apS('monitor', ifAlive(ports, monitor)),
    TE.map((alive) => ({
      ...(alive.init && { init: alive.init }),
      ...(alive.monitor && { monitor: alive.monitor }),
    })),
  )

/** A living container whose run directory was removed is seen to live, not taken for ended. */
export const observeLaunched = (
  ports: Ports,
  ref: ContainerRef,
  launched: Launched,
): Answer<LaunchObservation> =>
  pipe(
    ports.monitor.observe(ref),
    TE.chain((seen) =>
      seen.init !== undefined || seen.exit !== undefined
        ? TE.right(seen)
        : pipe(
            livingOf(ports, launched),
            TE.map((living) => ({ ...seen, ...living })),
          ),
    ),
  )

/** `launched`: known to this daemon alone, the journal holds no identities of execs. */
export const observeLaunchedExec = (
  ports: Ports,
  at: { readonly ref: ContainerRef; readonly exec: ExecId },
  launched: Launched | undefined,
): Answer<LaunchObservation> =>
  pipe(
    ports.monitor.observeExec(at.ref, at.exec),
    TE.chain((seen) =>
      seen.init !== undefined || seen.exit !== undefined || launched === undefined
        ? TE.right(seen)
        : pipe(
            ports.process.isAlive(launched.init),
            TE.map((alive) => ({ ...seen, init: { identity: launched.init, alive } })),
          ),
    ),
  )
