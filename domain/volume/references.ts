/** Who uses which volume: what a new container needs made, and what its removal lets go. */
import type { Container } from '../container/state.ts'
import type { DomainEvent } from '../event.ts'
import type { HostView } from '../host-view.ts'
import { operationId, type ContainerId, type OperationId, type VolumeName } from '../identity.ts'

/** Each once. */
export const volumesOf = (c: Container): ReadonlyArray<VolumeName> => [
  ...new Set(c.storage.volumes.map(({ volume }) => volume)),
]

/** One operation for each volume of a command that is about something else. */
export const volumeOperation = (of: OperationId, index: number): OperationId =>
  operationId(`${of}:volume:${index}`)

const isUsed = (view: HostView, volume: VolumeName, leaving: ContainerId): boolean =>
  view.containersOfVolume(volume).some((c) => c.id !== leaving)

/** Removal of the anonymous volumes that only `leaving` uses; named ones always stay. */
export const releasedVolumes = (
  view: HostView,
  leaving: Container,
  operation: OperationId,
): ReadonlyArray<DomainEvent> =>
  volumesOf(leaving)
    .filter((name) => {
      const volume = view.volume(name)
      return volume !== undefined && volume.anonymous && volume.phase._tag === 'Ready'
    })
    .filter((name) => !isUsed(view, name, leaving.id))
    .map((id, index) => ({
      _tag: 'VolumeRemoveRequested',
      v: 1,
      id,
      operation: volumeOperation(operation, index),
    }))
