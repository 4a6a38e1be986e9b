/** Codecs of what a client may ask for: a stored plan is checked before it runs. */
import * as t from 'io-ts'
import type { Command } from '../../domain/command.ts'
import { HostConfig, ProcessConfig } from '../../domain/container/config.ts'
import { ExecSpec } from '../../domain/container/events.ts'
import { ContainerId, DiffId, ExecId, ImageId, LayerId } from '../../domain/identity.ts'
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

const CreateContainer = command('CreateContainer', {
  ...id,
  name: t.string,
  image: t.strict({ id: ImageId, reference: t.string }),
  layers: t.readonlyArray(LayerId),
  runtime: t.string,
  cgroupPath: t.string,
  host: HostConfig,
  process: ProcessConfig,
})

const ContainerRequest = t.union([
  CreateContainer,
  command('StartContainer', { ...id, ...timeout }),
  command('StopContainer', { ...id, ...stop }),
  command('RestartContainer', { ...id, ...stop, ...timeout }),
  command('KillContainer', { ...id, signal: Integer }),
  command('PauseContainer', id),
  command('UnpauseContainer', id),
  command('RemoveContainer', { ...id, force: t.boolean }),
  command('RenameContainer', { ...id, name: t.string }),
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

/** The commands of clients; what the engine records by itself is no part of a plan. */
export const ClientCommand = t.union([ContainerRequest, ImageRequest], 'ClientCommand')
export type ClientCommand = t.TypeOf<typeof ClientCommand>
