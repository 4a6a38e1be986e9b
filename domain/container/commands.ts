/** Imperative requests to a container, with everything non-deterministic already in them. */
import type { ContainerId, CopyId, ExecId, ImageId, LayerId } from '../identity.ts'
import type { Exit } from '../ports/exit-record.ts'
import type { ExecProcess, Launched } from '../ports/process-ports.ts'
import type { HostConfig, ProcessConfig } from './config.ts'
import type { StorageRequest } from './storage.ts'
import type { CopyDirection } from './copies.ts'
import type { UpdateChange } from './limits.ts'

interface Failure {
  readonly errno: string
  readonly error: string
}

interface To {
  readonly id: ContainerId
}

/** What clients ask for. */
export type ContainerRequest =
  | (To & {
      readonly _tag: 'CreateContainer'
      readonly name: string
      readonly image: { readonly id: ImageId; readonly reference: string }
      readonly layers: ReadonlyArray<LayerId>
      readonly runtime: string
      readonly cgroupPath: string
      readonly host: HostConfig
      readonly process: ProcessConfig
      readonly storage: StorageRequest
    })
  | (To & { readonly _tag: 'StartContainer'; readonly timeoutMs: number | null })
  | (To & {
      readonly _tag: 'StopContainer'
      readonly signal: number
      /** Negative: wait for ever; 0: SIGKILL at once. */
      readonly graceMs: number
    })
  | (To & {
      readonly _tag: 'RestartContainer'
      readonly signal: number
      readonly graceMs: number
      readonly timeoutMs: number | null
    })
  | (To & { readonly _tag: 'KillContainer'; readonly signal: number })
  | (To & { readonly _tag: 'PauseContainer' })
  | (To & { readonly _tag: 'UnpauseContainer' })
  | (To & {
      readonly _tag: 'RemoveContainer'
      readonly force: boolean
      /** Its anonymous volumes go with it, where nobody else uses them. */
      readonly volumes: boolean
    })
  | (To & { readonly _tag: 'RenameContainer'; readonly name: string })
  | (To & { readonly _tag: 'UpdateContainer'; readonly change: UpdateChange })
  | (To & {
      readonly _tag: 'ExecInContainer'
      readonly exec: ExecId
      readonly detached: boolean
      readonly process: ExecProcess
    })
  | (To & {
      readonly _tag: 'CopyFiles'
      readonly copy: CopyId
      readonly direction: CopyDirection
      readonly path: string
      /** False: a running container goes on meanwhile. */
      readonly pause?: boolean
    })

/** What the engine records of its own effects and of the host. */
export type ContainerRecord =
  | (To & { readonly _tag: 'RecordCreated' })
  | (To & { readonly _tag: 'RecordCreateFailed' } & Failure)
  | (To & {
      readonly _tag: 'RecordLaunched'
      readonly attempt: number
      readonly launched: Launched
    })
  | (To & { readonly _tag: 'RecordStarted'; readonly attempt: number })
  | (To & { readonly _tag: 'RecordStartFailed'; readonly attempt: number } & Failure)
  | (To & { readonly _tag: 'ExpireStart'; readonly attempt: number })
  | (To & {
      readonly _tag: 'ObserveExit'
      readonly attempt: number
      readonly exit: Exit
      readonly oomKilled: boolean
      readonly reboot: boolean
    })
  | (To & { readonly _tag: 'ObserveMonitorLost'; readonly attempt: number })
  | (To & { readonly _tag: 'ObserveOom'; readonly attempt: number })
  | (To & { readonly _tag: 'RecordReleased'; readonly attempt: number })
  | (To & {
      readonly _tag: 'RecordReleaseDelayed'
      readonly attempt: number
      readonly tries: number
    } & Failure)
  | (To & { readonly _tag: 'RecordSignalled'; readonly operation: string })
  | (To & { readonly _tag: 'RecordSignalFailed'; readonly operation: string } & Failure)
  | (To & { readonly _tag: 'AbandonStop'; readonly reason: string })
  | (To & { readonly _tag: 'RecordFrozen' })
  | (To & { readonly _tag: 'RecordFreezeFailed' } & Failure)
  | (To & { readonly _tag: 'RecordThawed' })
  | (To & { readonly _tag: 'RecordThawFailed' } & Failure)
  | (To & { readonly _tag: 'RecordUpdated'; readonly operation: string })
  | (To & { readonly _tag: 'RecordUpdateFailed'; readonly operation: string } & Failure)
  | (To & { readonly _tag: 'StartByPolicy'; readonly timeoutMs: number | null })
  | (To & { readonly _tag: 'ApplyRestartPolicy'; readonly reason: 'daemonStart' })
  | (To & { readonly _tag: 'RecordRemoved' })
  | (To & { readonly _tag: 'RecordRemoveDelayed'; readonly tries: number } & Failure)
  | (To & { readonly _tag: 'RecordExecLaunched'; readonly exec: ExecId })
  | (To & { readonly _tag: 'RecordExecFailed'; readonly exec: ExecId } & Failure)
  | (To & { readonly _tag: 'ObserveExecExit'; readonly exec: ExecId; readonly exit: Exit })
  | (To & { readonly _tag: 'RecordCopied'; readonly copy: CopyId })
  | (To & { readonly _tag: 'RecordCopyFailed'; readonly copy: CopyId } & Failure)

export type ContainerCommand = ContainerRequest | ContainerRecord
