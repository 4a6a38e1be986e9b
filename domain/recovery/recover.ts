/** From the folded state and one observation of the host to what must be recorded: pure. */
import type { Command } from '../command.ts'
import type { Container, Exec, Running } from '../container/state.ts'
import type { RecoveryFinding } from '../engine/events.ts'
import type { BootId, ExecId } from '../identity.ts'
import type { Layer } from '../layer/state.ts'
import type {
  ContainerObservation,
  HostObservation,
  IncarnationObservation,
} from '../ports/observation.ts'
import type { LaunchObservation } from '../ports/process-ports.ts'
import type { Volume } from '../volume/state.ts'
import { readIncarnation, type Look } from './incarnation.ts'

export interface RecoveryInput {
  readonly containers: ReadonlyArray<Container>
  readonly layers: ReadonlyArray<Layer>
  readonly volumes: ReadonlyArray<Volume>
  readonly observation: HostObservation
  readonly look: Look
  /** Why a stream is out of use. */
  readonly quarantined: (stream: string) => string | undefined
}

export interface Recovery {
  readonly commands: ReadonlyArray<Command>
  readonly findings: ReadonlyArray<RecoveryFinding>
}

const none: Recovery = { commands: [], findings: [] }

const all = (parts: ReadonlyArray<Recovery>): Recovery => ({
  commands: parts.flatMap((p) => p.commands),
  findings: parts.flatMap((p) => p.findings),
})

const found = (
  subject: string,
  seen: string,
  decided: string,
  commands: ReadonlyArray<Command>,
): Recovery => ({ commands, findings: [{ subject, found: seen, decided, standing: false }] })

/** Nothing can be done about it here: it is told, and not again while it stays so. */
const stands = (subject: string, seen: string, decided: string): Recovery => ({
  commands: [],
  findings: [{ subject, found: seen, decided, standing: true }],
})

const noTrace: LaunchObservation = { oomKilled: false }

/** The boot in which the container's processes were made; null where it has none. */
const bootOf = (c: Container): BootId | null => {
  switch (c.phase._tag) {
    case 'Running':
      return c.phase.processes.init.boot
    case 'Starting':
      return c.phase.requested.boot
    case 'Removing':
      return c.phase.processes?.init.boot ?? null
    case 'Creating':
    case 'Created':
    case 'Exited':
      return null
  }
}

const afterReboot = (c: Container, look: Look): Recovery => {
  const subject = `container ${c.id}`
  if (c.phase._tag === 'Starting')
    return found(subject, 'the host was rebooted while it was starting', 'start failed', [
      {
        _tag: 'RecordStartFailed',
        id: c.id,
        attempt: c.phase.attempt,
        errno: 'EREBOOT',
        error: 'the host was rebooted while the container was starting',
      },
    ])
  return found(subject, 'the host was rebooted while it ran', 'exit unknown, policy applied', [
    {
      _tag: 'ObserveExit',
      id: c.id,
      attempt: c.attempt,
      exit: {
        _tag: 'UnknownExit',
        lastAliveWallMs: look.lastAliveWallMs,
        firstDeadWallMs: look.now.wallMs,
        reason: 'the host was rebooted',
      },
      oomKilled: false,
      reboot: true,
    },
  ])
}

const recoverExec = (
  c: Container,
  id: ExecId,
  exec: Exec,
  o: LaunchObservation | undefined,
  look: Look,
): Recovery => {
  const subject = `exec ${id} of container ${c.id}`
  if (o?.exit !== undefined)
    return found(subject, `it had exited with ${o.exit.code}`, 'exit recorded', [
      { _tag: 'ObserveExecExit', id: c.id, exec: id, exit: o.exit },
    ])
  if (o?.init?.alive === true || o?.monitor?.alive === true) return none
  if (o?.init === undefined && exec.detached) return none
  if (o?.init === undefined)
    return found(subject, 'it had not begun and its client is gone', 'abandoned', [
      {
        _tag: 'RecordExecFailed',
        id: c.id,
        exec: id,
        errno: 'EABANDONED',
        error: 'the daemon was restarted before the exec began',
      },
    ])
  return found(subject, 'it is dead and left no exit record', 'exit unknown', [
    {
      _tag: 'ObserveExecExit',
      id: c.id,
      exec: id,
      exit: {
        _tag: 'UnknownExit',
        lastAliveWallMs: look.lastAliveWallMs,
        firstDeadWallMs: look.now.wallMs,
        reason: 'the exec left no exit record',
      },
    },
  ])
}

const sayExit = (command: Command): string => {
  if (command._tag === 'ObserveExit')
    return command.exit._tag === 'KnownExit'
      ? `it exited with ${command.exit.code} while the daemon was away`
      : `it is dead: ${command.exit.reason}`
  return command._tag === 'ObserveMonitorLost' ? 'its monitor is gone' : 'the OOM killer was here'
}

const recoverRunning = (
  c: Container,
  phase: Running,
  seen: ContainerObservation | undefined,
  look: Look,
): Recovery => {
  const incarnation: IncarnationObservation | undefined = seen?.incarnations.find(
    (i) => i.attempt === phase.attempt,
  )
  const processes = seen?.processes ?? 0
  const reading = readIncarnation(c, phase, incarnation ?? noTrace, { ...look, processes })
  // A draining monitor is watched further after the start.
  const own =
    reading._tag === 'Draining'
      ? none
      : all(
          reading.commands.map((command) =>
            found(`container ${c.id}`, sayExit(command), 'recorded', [command]),
          ),
        )
  const execs = Object.entries(c.execs).map(([id, exec]) =>
    recoverExec(c, id as ExecId, exec, incarnation?.execs[id as ExecId], look),
  )
  return all([...execs, own])
}

const recoverRemoving = (
  c: Container,
  seen: ContainerObservation | undefined,
  look: Look,
): Recovery => {
  const incarnation = seen?.incarnations.find((i) => i.attempt === c.attempt)
  const exit = incarnation?.exit
  if (exit === undefined && (incarnation?.init?.alive === true || (seen?.processes ?? 0) > 0))
    return none
  return found(`container ${c.id}`, 'it is dead, its removal is open', 'exit recorded', [
    {
      _tag: 'ObserveExit',
      id: c.id,
      attempt: c.attempt,
      exit: exit ?? {
        _tag: 'UnknownExit',
        lastAliveWallMs: look.lastAliveWallMs,
        firstDeadWallMs: look.now.wallMs,
        reason: 'no exit record was left',
      },
      oomKilled: incarnation?.oomKilled ?? false,
      reboot: false,
    },
  ])
}

const recoverOne = (input: RecoveryInput, c: Container): Recovery => {
  const { observation, look } = input
  const reason = input.quarantined(`container:${c.id}`)
  if (reason !== undefined) return stands(`container ${c.id}`, reason, 'left alone, out of use')
  const boot = bootOf(c)
  if (boot !== null && boot !== observation.boot) return afterReboot(c, look)
  const seen = observation.containers[c.id]
  if (c.phase._tag === 'Running') return recoverRunning(c, c.phase, seen, look)
  if (c.phase._tag === 'Removing' && c.phase.processes !== null)
    return recoverRemoving(c, seen, look)
  if (c.phase._tag === 'Exited')
    return {
      commands: [{ _tag: 'ApplyRestartPolicy', id: c.id, reason: 'daemonStart' }],
      findings: [],
    }
  return none
}

/** An end that is found now counts as one from before the start: `always` starts it again. */
const withDaemonStart = (c: Container, recovery: Recovery): Recovery =>
  recovery.commands.some(({ _tag }) => _tag === 'ObserveExit' || _tag === 'RecordStartFailed')
    ? {
        ...recovery,
        commands: [
          ...recovery.commands,
          { _tag: 'ApplyRestartPolicy', id: c.id, reason: 'daemonStart' },
        ],
      }
    : recovery

const recoverContainer = (input: RecoveryInput, c: Container): Recovery =>
  withDaemonStart(c, recoverOne(input, c))

const missingLayers = (input: RecoveryInput): ReadonlyArray<Recovery> => {
  const present = new Set(input.observation.layers)
  return input.layers
    .filter((l) => l.phase._tag === 'Committed' && !present.has(l.id))
    .map((l) => stands(`layer ${l.id}`, 'its directory is missing', 'its images cannot be used'))
}

/** The data of users is lost: no engine may make it anew as if nothing had been. */
const missingVolumes = (input: RecoveryInput): ReadonlyArray<Recovery> => {
  const present = new Set(input.observation.volumes)
  return input.volumes
    .filter((v) => v.phase._tag === 'Ready' && !present.has(v.id))
    .map((v) => stands(`volume ${v.id}`, 'its directory is missing', 'its users cannot start'))
}

const strangers = (input: RecoveryInput): ReadonlyArray<Recovery> => {
  const known = new Set<string>(input.containers.map((c) => c.id))
  const unknown = Object.keys(input.observation.containers)
    .filter((id) => !known.has(id))
    .map((id) =>
      stands(`container ${id}`, 'the host has traces of it, the journal has none', 'reported'),
    )
  const knownVolumes = new Set<string>(input.volumes.map((v) => v.id))
  const volumes = input.observation.volumes
    .filter((id) => !knownVolumes.has(id))
    .map((id) =>
      stands(`volume ${id}`, 'it has a directory, the journal does not know it', 'left alone'),
    )
  const others = input.observation.strangers.map((s) =>
    stands(`${s.kind} ${s.name}`, 'it has our mark and no owner', 'reported'),
  )
  return [...unknown, ...volumes, ...others]
}

/** Running it again after its commands were carried out yields nothing new (I10, L1). */
export const recover = (input: RecoveryInput): Recovery =>
  all([
    ...input.containers.map((c) => recoverContainer(input, c)),
    ...missingLayers(input),
    ...missingVolumes(input),
    ...strangers(input),
  ])
