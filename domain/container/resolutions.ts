/** Which open operations an event ends, and how: the answers that clients are waiting for. */
import type { OperationId } from '../identity.ts'
import { done, failed, type Failure, type Outcome, type Resolution } from '../outcome.ts'
import { openCopies } from './copies.ts'
import type { ContainerEvent } from './events.ts'
import type { Container, Running } from './state.ts'

const ends = (operations: ReadonlyArray<OperationId>, failure?: Failure): Resolution[] =>
  operations.map((operation) => ({
    operation,
    outcome: failure === undefined ? done : failed(failure),
  }))

const effectFailed = (
  action: Extract<Failure, { _tag: 'EffectFailed' }>['action'],
  e: { readonly id: string; readonly errno: string; readonly error: string },
  exitCode = 125,
): Failure => ({
  _tag: 'EffectFailed',
  action,
  subject: e.id,
  errno: e.errno,
  error: e.error,
  exitCode,
})

const freezerOperations = (r: Running): ReadonlyArray<OperationId> =>
  r.freezer._tag === 'Freezing' || r.freezer._tag === 'Thawing' ? [r.freezer.operation] : []

const stopOperations = (c: Container): ReadonlyArray<OperationId> => {
  const phase = c.phase
  if (phase._tag !== 'Running' && phase._tag !== 'Starting') return []
  const restart = phase.stop?.restart ?? null
  return (phase.stop?.operations ?? []).filter((o) => o !== restart)
}

/** A restart that came while the container was starting: its first half has failed already. */
const restartOperations = (c: Container): ReadonlyArray<OperationId> =>
  c.phase._tag === 'Starting' && c.phase.stop !== null && c.phase.stop.restart !== null
    ? [c.phase.stop.restart]
    : []

/** Every operation that a removal overtakes. */
const openOperations = (c: Container): ReadonlyArray<OperationId> => {
  const execs = [...Object.values(c.execs), ...openCopies(c)].map((e) => e.operation)
  switch (c.phase._tag) {
    case 'Creating':
    case 'Starting':
      return [
        c.phase.operation,
        ...execs,
        ...(c.phase._tag === 'Starting' ? (c.phase.stop?.operations ?? []) : []),
      ]
    case 'Running':
      return [
        ...(c.phase.stop?.restart === null || c.phase.stop === null ? [] : [c.phase.stop.restart]),
        ...c.phase.signals.map((s) => s.operation),
        ...freezerOperations(c.phase),
        ...execs,
      ]
    case 'Created':
    case 'Exited':
    case 'Removing':
      return execs
  }
}

const ofEndedRun = (before: Container, e: ContainerEvent & { _tag: 'ContainerExited' }) => [
  ...ends(stopOperations(before)),
  ...(before.phase._tag === 'Running'
    ? ends(freezerOperations(before.phase), { _tag: 'OvertakenByExit', id: e.id })
    : []),
]

const ofExec = (
  before: Container,
  e: ContainerEvent & { _tag: 'ContainerExecEnded' | 'ContainerExecFailed' },
): Resolution[] => {
  const exec = before.execs[e.exec]
  if (exec === undefined) return []
  if (e._tag === 'ContainerExecFailed') return ends([exec.operation], effectFailed('exec', e))
  // Who did not wait for the end is told of the beginning, however late the answer is.
  const outcome: Outcome = exec.detached ? done : { _tag: 'ExecDone', exit: e.exit }
  return [{ operation: exec.operation, outcome }]
}

const ofRemoval = (before: Container, e: ContainerEvent): Resolution[] => [
  ...ends(before.update === undefined ? [] : [before.update.operation], {
    _tag: 'OvertakenByRemoval',
    id: e.id,
  }),
  ...ends(openOperations(before), { _tag: 'OvertakenByRemoval', id: e.id }),
  // A stop that a removal overtakes has what it wanted.
  ...ends(before.phase._tag === 'Running' ? stopOperations(before) : []),
]

/** `before` is the durable state before the event. Exactly one event ends each intent (W4). */
export const containerResolutions = (
  before: Container | undefined,
  e: ContainerEvent,
): ReadonlyArray<Resolution> => {
  if (before === undefined) return []
  switch (e._tag) {
    case 'ContainerCreated':
    case 'ContainerSignalled':
    case 'ContainerPaused':
    case 'ContainerUnpaused':
    case 'ContainerUpdated':
    case 'ContainerStarted':
    case 'ContainerCopied':
      return ends([e.operation])
    case 'ContainerCreateFailed':
      return ends([e.operation], effectFailed('create', e))
    case 'ContainerSignalFailed':
      return ends([e.operation], effectFailed('signal', e))
    case 'ContainerPauseFailed':
      return ends([e.operation], effectFailed('pause', e))
    case 'ContainerUnpauseFailed':
      return ends([e.operation], effectFailed('unpause', e))
    case 'ContainerCopyFailed':
      return ends([e.operation], effectFailed('copy', e))
    case 'ContainerUpdateFailed':
      return ends([e.operation], effectFailed('update', e))
    case 'ContainerStartFailed':
      return [
        ...ends([e.operation, ...restartOperations(before)], effectFailed('start', e, e.exitCode)),
        ...ends(stopOperations(before)),
      ]
    case 'ContainerExited':
      return ofEndedRun(before, e)
    case 'ContainerStopAbandoned':
      return before.phase._tag === 'Running' && before.phase.stop !== null
        ? ends(before.phase.stop.operations, { _tag: 'StopAbandoned', id: e.id, reason: e.reason })
        : []
    case 'ContainerExecEnded':
    case 'ContainerExecFailed':
      return ofExec(before, e)
    case 'ContainerRemoveRequested':
      return ofRemoval(before, e)
    case 'ContainerRemoved':
      return before.phase._tag === 'Removing'
        ? [...ofRemoval(before, e), ...ends([before.phase.operation])]
        : []
    default:
      return []
  }
}
