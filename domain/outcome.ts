/** How an operation ended; the answer that its clients get once the event behind it is durable. */
import type { ContainerId, OperationId } from './identity.ts'
import type { Exit } from './ports/exit-record.ts'

export type Failure =
  | {
      readonly _tag: 'EffectFailed'
      readonly action:
        | 'create'
        | 'start'
        | 'signal'
        | 'pause'
        | 'unpause'
        | 'update'
        | 'exec'
        | 'load'
        | 'copy'
        | 'volume'
      readonly subject: string
      readonly errno: string
      readonly error: string
      /** Set where the command line maps it (start, exec). */
      readonly exitCode: number
    }
  | { readonly _tag: 'StopAbandoned'; readonly id: ContainerId; readonly reason: string }
  | { readonly _tag: 'OvertakenByRemoval'; readonly id: ContainerId }
  | { readonly _tag: 'OvertakenByExit'; readonly id: ContainerId }

export type Outcome =
  | { readonly _tag: 'Done' }
  | { readonly _tag: 'ExecDone'; readonly exit: Exit }
  | { readonly _tag: 'Failed'; readonly failure: Failure }

export interface Resolution {
  readonly operation: OperationId
  readonly outcome: Outcome
}

export const done: Outcome = { _tag: 'Done' }
export const failed = (failure: Failure): Outcome => ({ _tag: 'Failed', failure })
