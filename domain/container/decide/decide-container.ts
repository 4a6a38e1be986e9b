/** Dispatches a container command to its rule. */
import * as E from 'fp-ts/lib/Either.js'
import { absurd } from '../../absurd.ts'
import { refuse, type CommandContext, type Decided, type Decision } from '../../decision.ts'
import type { DomainEvent } from '../../event.ts'
import type { HostView } from '../../host-view.ts'
import { orphanedLayers } from '../../layer/references.ts'
import { releasedVolumes } from '../../volume/references.ts'
import type { ContainerCommand, ContainerRecord, ContainerRequest } from '../commands.ts'
import { withJoins } from '../joins.ts'
import type { Container } from '../state.ts'
import { decideCopy, decideCopyEnd } from './copy.ts'
import { decideCreate, decideRemove, decideRename } from './create.ts'
import {
  decideDaemonStartPolicy,
  decideExit,
  decideExpireStart,
  decideStartByPolicy,
  decideStartFailed,
} from './ending.ts'
import * as records from './records.ts'
import { decideExec, decidePause, decideUnpause } from './run-time.ts'
import { decideKill, decideRestart, decideStart, decideStop } from './start-stop.ts'
import { decideUpdate, decideUpdated, decideUpdateFailed } from './update.ts'

type Existing = Exclude<ContainerRequest, { _tag: 'CreateContainer' }>

const decideRequest = (
  view: HostView,
  c: Container,
  command: Existing,
  context: CommandContext,
): Decision => {
  switch (command._tag) {
    case 'StartContainer':
      return decideStart(c, command, context)
    case 'StopContainer':
      return decideStop(c, command, context)
    case 'RestartContainer':
      return decideRestart(c, command, context)
    case 'KillContainer':
      return decideKill(c, command, context)
    case 'PauseContainer':
      return decidePause(c, context)
    case 'UnpauseContainer':
      return decideUnpause(c, context)
    case 'RemoveContainer':
      return decideRemove(c, command, context)
    case 'RenameContainer':
      return decideRename(view, c, command)
    case 'UpdateContainer':
      return decideUpdate(c, command, context)
    case 'ExecInContainer':
      return decideExec(c, command, context)
    case 'CopyFiles':
      return decideCopy(c, command, context)
    default:
      return absurd(command)
  }
}

const decideRecord = (
  view: HostView,
  c: Container,
  command: ContainerRecord,
  context: CommandContext,
): Decision => {
  switch (command._tag) {
    case 'RecordCreated':
      return records.decideCreated(c)
    case 'RecordCreateFailed':
      return records.decideCreateFailed(c, command)
    case 'RecordLaunched':
      return records.decideLaunched(c, command)
    case 'RecordStarted':
      return records.decideStarted(c, command)
    case 'RecordStartFailed':
      return decideStartFailed(c, command, context)
    case 'ExpireStart':
      return decideExpireStart(c, command, context)
    case 'ObserveExit':
      return decideExit(c, command, context)
    case 'ObserveMonitorLost':
      return records.decideMonitorLost(c, command)
    case 'ObserveOom':
      return records.decideOom(c, command)
    case 'RecordReleased':
      return records.decideReleased(c, command, context.now.wallMs)
    case 'RecordReleaseDelayed':
      return records.decideReleaseDelayed(c, command)
    case 'RecordSignalled':
      return records.decideSignalled(c, command)
    case 'RecordSignalFailed':
      return records.decideSignalFailed(c, command)
    case 'AbandonStop':
      return records.decideAbandonStop(c, command)
    case 'RecordFrozen':
    case 'RecordFreezeFailed':
    case 'RecordThawed':
    case 'RecordThawFailed':
      return records.decideFreezer(c, command)
    case 'RecordUpdated':
      return decideUpdated(c, command)
    case 'RecordUpdateFailed':
      return decideUpdateFailed(c, command)
    case 'StartByPolicy':
      return decideStartByPolicy(c, command, context)
    case 'ApplyRestartPolicy':
      return decideDaemonStartPolicy(c, context)
    case 'RecordRemoved':
      return records.decideRemoved(c, releasedBy(view, c, context))
    case 'RecordRemoveDelayed':
      return records.decideRemoveDelayed(c, command)
    case 'RecordExecLaunched':
      return records.decideExecLaunched(c, command)
    case 'RecordExecFailed':
    case 'ObserveExecExit':
      return records.decideExecEnd(c, command)
    case 'RecordCopied':
    case 'RecordCopyFailed':
      return decideCopyEnd(c, command)
    default:
      return absurd(command)
  }
}

/** Layers and volumes that nobody needs once the container is gone. */
const releasedBy = (
  view: HostView,
  c: Container,
  { operation }: CommandContext,
): ReadonlyArray<DomainEvent> => [
  ...orphanedLayers(view, c.layers, { container: c.id }),
  ...(c.phase._tag === 'Removing' && c.phase.volumes ? releasedVolumes(view, c, operation) : []),
]

const requestTags = new Set<ContainerCommand['_tag']>([
  'CreateContainer',
  'StartContainer',
  'StopContainer',
  'RestartContainer',
  'KillContainer',
  'PauseContainer',
  'UnpauseContainer',
  'RemoveContainer',
  'RenameContainer',
  'UpdateContainer',
  'ExecInContainer',
  'CopyFiles',
])

const isRequest = (command: ContainerCommand): command is ContainerRequest =>
  requestTags.has(command._tag)

export const decideContainer = (
  view: HostView,
  command: ContainerCommand,
  context: CommandContext,
): Decision => {
  const reason = view.quarantined(`container:${command.id}`)
  if (reason !== undefined)
    return refuse({ _tag: 'Quarantined', subject: `container ${command.id}`, reason })
  if (command._tag === 'CreateContainer') return decideCreate(view, command, context)
  const c = view.container(command.id)
  if (c === undefined) return refuse({ _tag: 'NoSuchContainer', id: command.id })
  const decided = isRequest(command)
    ? decideRequest(view, c, command, context)
    : decideRecord(view, c, command, context)
  return E.map((d: Decided) => ({ ...d, events: d.events.map((e) => withJoins(view, e)) }))(decided)
}
