/** Decides creation, renaming and removal: the commands that touch names and existence. */
import * as E from 'fp-ts/lib/Either.js'
import type { CommandOf } from '../../command.ts'
import { accept, join, refuse, type CommandContext, type Decision } from '../../decision.ts'
import type { HostView } from '../../host-view.ts'
import { nameOrId } from '../name-rules.ts'
import { statusWord, type Container } from '../state.ts'
import { createStorage } from './create-storage.ts'

export const decideCreate = (
  view: HostView,
  command: CommandOf<'CreateContainer'>,
  context: CommandContext,
): Decision => {
  const name = nameOrId(command.name, command.id)
  if (view.container(command.id) !== undefined) return refuse({ _tag: 'IdInUse', id: command.id })
  const holder = view.containerByName(name)
  if (holder !== undefined) return refuse({ _tag: 'NameInUse', name, holder: holder.id })
  if (command.host.ExternalRootfs === '') {
    const image = view.image(command.image.id)
    if (image === undefined)
      return refuse({ _tag: 'NoSuchImage', reference: command.image.reference })
    if (image.phase._tag !== 'Stored') return refuse({ _tag: 'ImageIncomplete', id: image.id })
  }
  const resolved = createStorage({ view, command, context })
  if (E.isLeft(resolved)) return resolved
  const { storage, events } = resolved.right
  const { _tag, ...parameters } = command
  return accept(
    [
      {
        ...parameters,
        _tag: 'ContainerCreateRequested',
        v: 1,
        operation: context.operation,
        name,
        storage,
      },
      ...events,
    ],
    { whenResolved: context.operation },
  )
}

export const decideRename = (
  view: HostView,
  c: Container,
  command: CommandOf<'RenameContainer'>,
): Decision => {
  if (c.phase._tag === 'Creating')
    return refuse({ _tag: 'CreateInProgress', id: c.id, action: 'rename' })
  if (c.phase._tag === 'Removing')
    return refuse({ _tag: 'RemovalInProgress', id: c.id, action: 'rename' })
  const name = nameOrId(command.name, c.id)
  const holder = view.containerByName(name)
  if (holder !== undefined) return refuse({ _tag: 'NameInUse', name, holder: holder.id })
  return accept([{ _tag: 'ContainerRenamed', v: 1, id: c.id, name, previous: c.name }])
}

export const decideRemove = (
  c: Container,
  command: CommandOf<'RemoveContainer'>,
  context: CommandContext,
): Decision => {
  const busy = c.phase._tag === 'Starting' || c.phase._tag === 'Running'
  const backingOff = c.phase._tag === 'Exited' && c.phase.restart !== null
  if (c.phase._tag === 'Removing') return join(c.phase.operation)
  if (c.phase._tag === 'Creating')
    return refuse({ _tag: 'CreateInProgress', id: c.id, action: 'remove' })
  if ((busy || backingOff) && !command.force)
    return refuse({ _tag: 'WrongState', id: c.id, action: 'remove', state: statusWord(c) })
  return accept(
    [
      {
        _tag: 'ContainerRemoveRequested',
        v: 1,
        id: c.id,
        operation: context.operation,
        cause: 'user',
        volumes: command.volumes,
      },
    ],
    { whenResolved: context.operation },
  )
}
