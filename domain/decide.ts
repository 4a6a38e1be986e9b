/** The one entry of the rules: a command in, a refusal or events out. Pure and total (D1). */
import type { Command } from './command.ts'
import type { ContainerCommand } from './container/commands.ts'
import { decideContainer } from './container/decide/decide-container.ts'
import type { CommandContext, Decision } from './decision.ts'
import { decideEngine } from './engine/decide.ts'
import type { EngineState } from './engine/state.ts'
import type { HostView } from './host-view.ts'
import { decideImage } from './image/decide.ts'
import { decideLayer } from './layer/decide.ts'
import { decideVolume } from './volume/decide.ts'

/** The view with the engine's own state: what the head fold offers. */
export interface DecidingView extends HostView {
  readonly engine: () => EngineState
}

export const decide = (view: DecidingView, command: Command, context: CommandContext): Decision => {
  switch (command._tag) {
    case 'LoadImage':
    case 'TagImage':
    case 'RemoveImage':
      return decideImage(view, command, context)
    case 'RecordLayerCommitted':
    case 'RecordLayerFailed':
    case 'RecordLayerRetired':
    case 'RecordLayerRetireDelayed':
      return decideLayer(view, command)
    case 'CreateVolume':
    case 'RemoveVolume':
    case 'RecordVolumeMade':
    case 'RecordVolumeMakeFailed':
    case 'RecordVolumeRemoved':
    case 'RecordVolumeRemoveDelayed':
      return decideVolume(view, command, context)
    case 'RecordEngineStarted':
    case 'RecordEngineStopped':
    case 'RecordRecovery':
    case 'RecordJournalTailCut':
    case 'RecordJournalArchived':
    case 'RecordArchiveDeleted':
      return decideEngine(view.engine(), command)
    default:
      return decideContainer(view, command satisfies ContainerCommand, context)
  }
}
