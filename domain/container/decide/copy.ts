/** Decides copies between a client and a container, and how each ended. */
import type { CommandOf } from '../../command.ts'
import {
  accept,
  join,
  nothing,
  refuse,
  type CommandContext,
  type Decision,
} from '../../decision.ts'
import type { Container } from '../state.ts'
import { wrongState } from './start-stop.ts'

/** What the copy takes for its time; undefined where the container is between two states. */
const takenIn = ({ phase }: Container): { freeze: boolean; mount: boolean } | undefined => {
  switch (phase._tag) {
    case 'Created':
    case 'Exited':
      return { freeze: false, mount: true }
    case 'Running':
      if (phase.freezer._tag === 'Thawed') return { freeze: true, mount: false }
      return phase.freezer._tag === 'Frozen' ? { freeze: false, mount: false } : undefined
    case 'Creating':
    case 'Starting':
    case 'Removing':
      return undefined
  }
}

/** CLI-CP-03: a running container stands still meanwhile: what is copied is of one moment. */
export const decideCopy = (
  c: Container,
  command: CommandOf<'CopyFiles'>,
  context: CommandContext,
): Decision => {
  if (c.phase._tag === 'Creating')
    return refuse({ _tag: 'CreateInProgress', id: c.id, action: 'copy' })
  if (c.phase._tag === 'Removing')
    return refuse({ _tag: 'RemovalInProgress', id: c.id, action: 'copy' })
  const open = c.copies?.[command.copy]
  if (open !== undefined) return join(open.operation)
  const taken = takenIn(c)
  if (taken === undefined) return wrongState(c, 'copy')
  const { copy, direction, path } = command
  const { operation } = context
  return accept(
    [
      {
        _tag: 'ContainerCopyRequested',
        v: 1,
        id: c.id,
        ...{ operation, copy, direction, path },
        ...taken,
        freeze: taken.freeze && command.pause !== false,
      },
    ],
    { whenResolved: operation },
  )
}

export const decideCopyEnd = (
  c: Container,
  command: CommandOf<'RecordCopied' | 'RecordCopyFailed'>,
): Decision => {
  const { copy } = command
  const open = c.copies?.[copy]
  if (open === undefined) return nothing
  const base = { v: 1, id: c.id, operation: open.operation, copy } as const
  if (command._tag === 'RecordCopied') return accept([{ _tag: 'ContainerCopied', ...base }])
  const { errno, error } = command
  return accept([{ _tag: 'ContainerCopyFailed', ...base, errno, error }])
}
