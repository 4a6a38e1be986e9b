/** Turns the end of a plan into the command that records it. */
import { absurd } from './absurd.ts'
import type { Command } from './command.ts'
import type { Plan, PlanSubject } from './plan.ts'
import type { Launched } from './ports/process-ports.ts'

/** How the runner saw a plan end. `values` are the answers of its steps, in order. */
export type Conclusion =
  | { readonly _tag: 'Applied'; readonly value: StepValue }
  | {
      readonly _tag: 'NotApplied'
      readonly step: string
      readonly errno: string
      readonly error: string
      readonly tries: number
    }
  | { readonly _tag: 'Abandoned'; readonly reason: string }

/** What the last step answered: both processes, a size in bytes, or nothing. */
export type StepValue =
  | { readonly _tag: 'None' }
  | { readonly _tag: 'Processes'; readonly launched: Launched }
  | { readonly _tag: 'Size'; readonly sizeBytes: number }

export const noValue: StepValue = { _tag: 'None' }

const applied = (subject: PlanSubject, value: StepValue): Command | undefined => {
  switch (subject._tag) {
    case 'Create':
      return { _tag: 'RecordCreated', id: subject.id }
    case 'Launch':
      return value._tag === 'Processes'
        ? {
            _tag: 'RecordLaunched',
            id: subject.id,
            attempt: subject.attempt,
            launched: value.launched,
          }
        : undefined
    case 'Start':
      return { _tag: 'RecordStarted', id: subject.id, attempt: subject.attempt }
    case 'StopSignal':
    case 'Kill':
      return undefined
    case 'Freeze':
      return { _tag: 'RecordFrozen', id: subject.id }
    case 'Thaw':
      return { _tag: 'RecordThawed', id: subject.id }
    case 'Update':
      return { _tag: 'RecordUpdated', id: subject.id, operation: subject.operation }
    case 'Signal':
      return { _tag: 'RecordSignalled', id: subject.id, operation: subject.operation }
    case 'Exec':
      return { _tag: 'RecordExecLaunched', id: subject.id, exec: subject.exec }
    case 'Copy':
      return { _tag: 'RecordCopied', id: subject.id, copy: subject.copy }
    case 'Release':
      return { _tag: 'RecordReleased', id: subject.id, attempt: subject.attempt }
    case 'Remove':
      return { _tag: 'RecordRemoved', id: subject.id }
    case 'Unpack':
      return {
        _tag: 'RecordLayerCommitted',
        layer: subject.layer,
        sizeBytes: value._tag === 'Size' ? value.sizeBytes : 0,
      }
    case 'Retire':
      return { _tag: 'RecordLayerRetired', layer: subject.layer }
    case 'MakeVolume':
      return { _tag: 'RecordVolumeMade', volume: subject.volume }
    case 'RemoveVolume':
      return { _tag: 'RecordVolumeRemoved', volume: subject.volume }
    default:
      return absurd(subject)
  }
}

interface Failure {
  readonly errno: string
  readonly error: string
}

const notApplied = (s: PlanSubject, f: Failure, tries: number): Command | undefined => {
  switch (s._tag) {
    case 'Create':
      return { _tag: 'RecordCreateFailed', id: s.id, ...f }
    case 'Launch':
    case 'Start':
      return { _tag: 'RecordStartFailed', id: s.id, attempt: s.attempt, ...f }
    case 'StopSignal':
    case 'Kill':
      return undefined
    case 'Freeze':
      return { _tag: 'RecordFreezeFailed', id: s.id, ...f }
    case 'Thaw':
      return { _tag: 'RecordThawFailed', id: s.id, ...f }
    case 'Update':
      return { _tag: 'RecordUpdateFailed', id: s.id, operation: s.operation, ...f }
    case 'Signal':
      return { _tag: 'RecordSignalFailed', id: s.id, operation: s.operation, ...f }
    case 'Exec':
      return { _tag: 'RecordExecFailed', id: s.id, exec: s.exec, ...f }
    case 'Copy':
      return { _tag: 'RecordCopyFailed', id: s.id, copy: s.copy, ...f }
    case 'Release':
      return { _tag: 'RecordReleaseDelayed', id: s.id, attempt: s.attempt, tries, ...f }
    case 'Remove':
      return { _tag: 'RecordRemoveDelayed', id: s.id, tries, ...f }
    case 'Unpack':
      return { _tag: 'RecordLayerFailed', layer: s.layer, ...f }
    case 'Retire':
      return { _tag: 'RecordLayerRetireDelayed', layer: s.layer, tries, ...f }
    case 'MakeVolume':
      return { _tag: 'RecordVolumeMakeFailed', volume: s.volume, ...f }
    case 'RemoveVolume':
      return { _tag: 'RecordVolumeRemoveDelayed', volume: s.volume, tries, ...f }
    default:
      return absurd(s)
  }
}

/** `undefined`: nothing to record, the consequence is observed on the host (signals, kills). */
export const concluded = (plan: Plan, conclusion: Conclusion): Command | undefined => {
  switch (conclusion._tag) {
    case 'Applied':
      return applied(plan.subject, conclusion.value)
    case 'NotApplied':
      return notApplied(
        plan.subject,
        { errno: conclusion.errno, error: conclusion.error },
        conclusion.tries,
      )
    case 'Abandoned':
      return notApplied(plan.subject, { errno: 'EABANDONED', error: conclusion.reason }, 0)
    default:
      return absurd(conclusion)
  }
}
