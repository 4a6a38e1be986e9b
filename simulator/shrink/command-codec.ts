/** Codecs of what a client may ask for: a stored plan is checked before it runs. */
import * as t from 'io-ts'
import type { Command } from '../../domain/command.ts'
import { CopyDirection } from '../../domain/container/copies.ts'
import { HostConfig, ProcessConfig } from '../../domain/container/config.ts'
import { UpdateChange } from '../../domain/container/limits.ts'
import { ExecSpec } from '../../domain/container/events.ts'
import {
  ContainerId,
  CopyId,
  DiffId,
  ExecId,
  ImageId,
  LayerId,
  VolumeName,
} from '../../domain/identity.ts'
import { Integer } from '../../domain/integer.ts'

const command = <Tag extends Command['_tag'], P extends t.Props>(tag: Tag, props: P) =>
  t.strict({ _tag: t.literal(tag), ...props }, tag)

const id = { id: ContainerId }
const timeout = { timeoutMs: t.union([Integer, t.null]) }
const stop = { signal: Integer, graceMs: Integer }

const ArchivedImage = t.strict({
  id: ImageId,
  config: t.string,
  references: t.readonlyArray(t.string),
  layers: t.readonlyArray(
    t.strict({
      layer: LayerId,
      diff: DiffId,
      source: t.strict({ archive: t.string, entry: t.string }),
    }),
  ),
})

const WantedVolume = t.strict({
  volume: VolumeName,
  target: t.string,
  readonly: t.boolean,
  implied: t.boolean,
  anonymous: t.boolean,
  copies: t.boolean,
})

const StorageRequest = t.strict({
  volumes: t.readonlyArray(WantedVolume),
  from: t.readonlyArray(
    t.strict({ container: ContainerId, readonly: t.union([t.boolean, t.null]) }),
  ),
})

const CreateContainer = command('CreateContainer', {
  ...id,
  name: t.string,
  image: t.strict({ id: ImageId, reference: t.string }),
  layers: t.readonlyArray(LayerId),
  runtime: t.string,
  cgroupPath: t.string,
  host: HostConfig,
  process: ProcessConfig,
  storage: StorageRequest,
})

const ContainerRequest = t.union([
  CreateContainer,
  command('StartContainer', { ...id, ...timeout }),
  command('StopContainer', { ...id, ...stop }),
  command('RestartContainer', { ...id, ...stop, ...timeout }),
  command('KillContainer', { ...id, signal: Integer }),
  command('PauseContainer', id),
  command('UnpauseContainer', id),
  command('RemoveContainer', { ...id, force: t.boolean, volumes: t.boolean }),
  command('RenameContainer', { ...id, name: t.string }),
  command('UpdateContainer', { ...id, change: UpdateChange }),
  command('CopyFiles', { ...id, copy: CopyId, direction: CopyDirection, path: t.string }),
  command('ExecInContainer', { ...id, exec: ExecId, detached: t.boolean, process: ExecSpec }),
])

const ImageRequest = t.union([
  command('LoadImage', {
    image: ArchivedImage,
    references: t.readonlyArray(t.string),
    origin: t.string,
  }),
  command('TagImage', { id: ImageId, reference: t.string }),
  command('RemoveImage', { id: ImageId, reference: t.string, force: t.boolean }),
])

const VolumeRequest = t.union([
  command('CreateVolume', { volume: VolumeName }),
  command('RemoveVolume', { volume: VolumeName }),
])

/** The commands of clients; what the engine records by itself is no part of a plan. */
export const ClientCommand = t.union(
  [ContainerRequest, ImageRequest, VolumeRequest],
  'ClientCommand',
)
export type ClientCommand = t.TypeOf<typeof ClientCommand>
