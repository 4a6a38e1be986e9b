/** The effects that are due for an open intent: ordered steps with one conclusion. */
import type { Command } from './command.ts'
import type { ContainerId, CopyId, ExecId, LayerId, OperationId, VolumeName } from './identity.ts'
import type { Effect } from './ports/effects.ts'
import { earlier } from './time.ts'

/** What the plan is for; decides which command records its conclusion. */
export type PlanSubject =
  | { readonly _tag: 'Create'; readonly id: ContainerId }
  | { readonly _tag: 'Launch'; readonly id: ContainerId; readonly attempt: number }
  | { readonly _tag: 'Start'; readonly id: ContainerId; readonly attempt: number }
  | { readonly _tag: 'StopSignal'; readonly id: ContainerId }
  | { readonly _tag: 'Kill'; readonly id: ContainerId }
  | { readonly _tag: 'Freeze'; readonly id: ContainerId }
  | { readonly _tag: 'Thaw'; readonly id: ContainerId }
  | { readonly _tag: 'Update'; readonly id: ContainerId; readonly operation: OperationId }
  | { readonly _tag: 'Signal'; readonly id: ContainerId; readonly operation: OperationId }
  | { readonly _tag: 'Exec'; readonly id: ContainerId; readonly exec: ExecId }
  | { readonly _tag: 'Copy'; readonly id: ContainerId; readonly copy: CopyId }
  | { readonly _tag: 'Release'; readonly id: ContainerId; readonly attempt: number }
  | { readonly _tag: 'Remove'; readonly id: ContainerId }
  | { readonly _tag: 'Unpack'; readonly layer: LayerId }
  | { readonly _tag: 'Retire'; readonly layer: LayerId }
  | { readonly _tag: 'MakeVolume'; readonly volume: VolumeName }
  | { readonly _tag: 'RemoveVolume'; readonly volume: VolumeName }

export interface Plan {
  /** Unique per intent and stage; the same key is never run twice by one engine. */
  readonly key: string
  /** Plans of one lane run one after the other, those of different lanes concurrently. */
  readonly lane: string
  readonly steps: ReadonlyArray<Effect>
  readonly subject: PlanSubject
  /** `retry`: repeated with back-off until it is applied; `conclude`: the first failure ends it. */
  readonly onFailure: 'conclude' | 'retry'
}

/** What is due for one aggregate: effects, commands of the engine itself, and when to ask again. */
export interface Due {
  readonly plans: ReadonlyArray<Plan>
  readonly commands: ReadonlyArray<Command>
  /** Monotonic ms of the current boot. */
  readonly wakeAt: number | undefined
}

export const idle: Due = { plans: [], commands: [], wakeAt: undefined }

export const allDue = (parts: ReadonlyArray<Due>): Due => ({
  plans: parts.flatMap((d) => d.plans),
  commands: parts.flatMap((d) => d.commands),
  wakeAt: parts.reduce<number | undefined>((w, d) => earlier(w, d.wakeAt), undefined),
})

export const duePlan = (plan: Plan): Due => ({ ...idle, plans: [plan] })
export const dueCommand = (command: Command): Due => ({ ...idle, commands: [command] })
export const wakeAt = (monoMs: number): Due => ({ ...idle, wakeAt: monoMs })
