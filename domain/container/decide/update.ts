/** Decides updates of limits and restart policy, and what becomes of one that is overtaken. */
import * as E from 'fp-ts/lib/Either.js'
import type { CommandOf } from '../../command.ts'
import { accept, nothing, refuse, type CommandContext, type Decision } from '../../decision.ts'
import type { ContainerEvent, ContainerEventOf } from '../events.ts'
import { liveLimits, sameLimits } from '../limits.ts'
import type { Container } from '../state.ts'
import { updatedValues } from '../validate/update.ts'

/** Only what lives has a cgroup to change; a new run takes the configuration as it then is. */
const hasCgroup = (c: Container): boolean =>
  c.phase._tag === 'Running' || c.phase._tag === 'Starting'

export const decideUpdate = (
  c: Container,
  command: CommandOf<'UpdateContainer'>,
  context: CommandContext,
): Decision => {
  const { id } = c
  if (c.phase._tag === 'Creating') return refuse({ _tag: 'CreateInProgress', id, action: 'update' })
  if (c.phase._tag === 'Removing')
    return refuse({ _tag: 'RemovalInProgress', id, action: 'update' })
  if (c.update !== undefined) return refuse({ _tag: 'UpdateInProgress', id })
  const values = updatedValues(c.host, command.change)
  if (E.isLeft(values)) {
    const { field, message } = values.left
    return refuse({ _tag: 'InvalidUpdate', id, field, message })
  }
  const { operation } = context
  const requested: ContainerEventOf<'ContainerUpdateRequested'> = {
    _tag: 'ContainerUpdateRequested',
    v: 1,
    id,
    operation,
    ...values.right,
  }
  return hasCgroup(c) && !sameLimits(values.right.limits, liveLimits(c.host))
    ? accept([requested], { whenResolved: operation })
    : accept([requested, { _tag: 'ContainerUpdated', v: 1, id, operation }])
}

const isOpen = (c: Container, operation: string): boolean => c.update?.operation === operation

export const decideUpdated = (c: Container, command: CommandOf<'RecordUpdated'>): Decision =>
  c.update !== undefined && isOpen(c, command.operation)
    ? accept([{ _tag: 'ContainerUpdated', v: 1, id: c.id, operation: c.update.operation }])
    : nothing

export const decideUpdateFailed = (
  c: Container,
  command: CommandOf<'RecordUpdateFailed'>,
): Decision =>
  c.update !== undefined && isOpen(c, command.operation)
    ? accept([
        {
          _tag: 'ContainerUpdateFailed',
          v: 1,
          id: c.id,
          operation: c.update.operation,
          errno: command.errno,
          error: command.error,
        },
      ])
    : nothing

/** With the end of a run an open update is an update of the configuration, which is made (W4). */
export const settledUpdate = (c: Container): ReadonlyArray<ContainerEvent> =>
  c.update === undefined
    ? []
    : [{ _tag: 'ContainerUpdated', v: 1, id: c.id, operation: c.update.operation }]
