/** Decides making and removing volumes, and what a made one means for containers that wait. */
import { absurd } from '../absurd.ts'
import type { CommandOf } from '../command.ts'
import { isNews } from '../container/decide/records.ts'
import { accept, join, nothing, refuse, type CommandContext, type Decision } from '../decision.ts'
import type { DomainEvent } from '../event.ts'
import type { HostView } from '../host-view.ts'
import type { VolumeName } from '../identity.ts'
import type { VolumeCommand } from './commands.ts'
import { volumeOperation } from './references.ts'

/** Creating a volume that is there already answers at once, as users of Docker expect. */
const decideCreate = (
  view: HostView,
  { volume: id }: CommandOf<'CreateVolume'>,
  { operation }: CommandContext,
): Decision => {
  const phase = view.volume(id)?.phase
  switch (phase?._tag) {
    case undefined:
      return accept(
        [{ _tag: 'VolumeCreateRequested', v: 1, id, operation, anonymous: false, fill: null }],
        { whenResolved: operation },
      )
    case 'Creating':
      return join(phase.operation)
    case 'Ready':
    case 'Filling':
      return nothing
    case 'Removing':
      return refuse({ _tag: 'VolumeBusy', name: id, doing: 'removed' })
    default:
      return absurd(phase)
  }
}

const decideRemove = (
  view: HostView,
  { volume: id }: CommandOf<'RemoveVolume'>,
  { operation }: CommandContext,
): Decision => {
  const volume = view.volume(id)
  if (volume === undefined) return refuse({ _tag: 'NoSuchVolume', name: id })
  if (volume.phase._tag === 'Removing') return join(volume.phase.operation)
  const users = view.containersOfVolume(id).map((c) => c.id)
  if (users.length > 0) return refuse({ _tag: 'VolumeInUse', name: id, users })
  if (volume.phase._tag !== 'Ready')
    return refuse({ _tag: 'VolumeBusy', name: id, doing: 'created' })
  return accept([{ _tag: 'VolumeRemoveRequested', v: 1, id, operation }], {
    whenResolved: operation,
  })
}

/** Containers that wait for nothing else than this volume may be made now. */
const readied = (view: HostView, made: VolumeName): ReadonlyArray<DomainEvent> =>
  view
    .containersOfVolume(made)
    .filter(({ phase }) => phase._tag === 'Creating' && phase.awaiting)
    .filter(({ storage }) =>
      storage.awaited.every((name) => name === made || view.volume(name)?.phase._tag === 'Ready'),
    )
    .map(({ id }) => ({ _tag: 'ContainerVolumesReady', v: 1, id }))

const decideMade = (
  view: HostView,
  { volume: id }: CommandOf<'RecordVolumeMade'>,
  context: CommandContext,
): Decision => {
  const volume = view.volume(id)
  const phase = volume?.phase
  if (volume === undefined || (phase?._tag !== 'Creating' && phase?._tag !== 'Filling'))
    return nothing
  const { operation } = phase
  const made: DomainEvent = {
    _tag: phase._tag === 'Creating' ? 'VolumeCreated' : 'VolumeFilled',
    v: 1,
    id,
    operation,
  }
  // Its container was given up meanwhile, because another of its volumes could not be made.
  const unwanted = volume.anonymous && view.containersOfVolume(id).length === 0
  return accept([
    made,
    ...readied(view, id),
    ...(unwanted
      ? [
          {
            _tag: 'VolumeRemoveRequested',
            v: 1,
            id,
            operation: volumeOperation(context.operation, 0),
          } as const,
        ]
      : []),
  ])
}

/** The containers that wait for it cannot be made; nobody else can use it yet. */
const decideMakeFailed = (
  view: HostView,
  { volume: id, errno, error }: CommandOf<'RecordVolumeMakeFailed'>,
): Decision => {
  const phase = view.volume(id)?.phase
  if (phase?._tag !== 'Creating' && phase?._tag !== 'Filling') return nothing
  const { operation } = phase
  const waiting = view
    .containersOfVolume(id)
    .flatMap(({ id: container, phase: its }): ReadonlyArray<DomainEvent> =>
      its._tag === 'Creating' && its.awaiting
        ? [
            {
              _tag: 'ContainerCreateFailed',
              v: 1,
              id: container,
              operation: its.operation,
              errno,
              error: `volume ${id}: ${error}`,
            },
          ]
        : [],
    )
  const _tag = phase._tag === 'Creating' ? 'VolumeCreateFailed' : 'VolumeFillFailed'
  return accept([{ _tag, v: 1, id, operation, errno, error }, ...waiting])
}

const decideRemoveDelayed = (
  view: HostView,
  { volume: id, errno, error, tries }: CommandOf<'RecordVolumeRemoveDelayed'>,
): Decision => {
  const phase = view.volume(id)?.phase
  return phase?._tag === 'Removing' && isNews(phase.delay, { errno, tries })
    ? accept([{ _tag: 'VolumeRemoveDelayed', v: 1, id, errno, error, tries }])
    : nothing
}

export const decideVolume = (
  view: HostView,
  command: VolumeCommand,
  context: CommandContext,
): Decision => {
  const reason = view.quarantined(`volume:${command.volume}`)
  if (reason !== undefined)
    return refuse({ _tag: 'Quarantined', subject: `volume ${command.volume}`, reason })
  switch (command._tag) {
    case 'CreateVolume':
      return decideCreate(view, command, context)
    case 'RemoveVolume':
      return decideRemove(view, command, context)
    case 'RecordVolumeMade':
      return decideMade(view, command, context)
    case 'RecordVolumeMakeFailed':
      return decideMakeFailed(view, command)
    case 'RecordVolumeRemoved':
      return view.volume(command.volume)?.phase._tag === 'Removing'
        ? accept([{ _tag: 'VolumeRemoved', v: 1, id: command.volume }])
        : nothing
    case 'RecordVolumeRemoveDelayed':
      return decideRemoveDelayed(view, command)
    default:
      return absurd(command)
  }
}
