/** Decides pause, unpause and exec: requests that need a running container. */
import type { CommandOf } from '../../command.ts'
import { accept, join, refuse, type CommandContext, type Decision } from '../../decision.ts'
import type { Container } from '../state.ts'
import { wrongState } from './start-stop.ts'

export const decidePause = (c: Container, context: CommandContext): Decision => {
  if (c.phase._tag !== 'Running') return wrongState(c, 'pause')
  const { freezer, stop } = c.phase
  if (freezer._tag === 'Freezing') return join(freezer.operation)
  if (freezer._tag !== 'Thawed' || stop !== null) return wrongState(c, 'pause')
  return accept(
    [{ _tag: 'ContainerPauseRequested', v: 1, id: c.id, operation: context.operation }],
    { whenResolved: context.operation },
  )
}

export const decideUnpause = (c: Container, context: CommandContext): Decision => {
  if (c.phase._tag !== 'Running') return wrongState(c, 'unpause')
  const { freezer } = c.phase
  if (freezer._tag === 'Thawing') return join(freezer.operation)
  if (freezer._tag !== 'Frozen') return wrongState(c, 'unpause')
  return accept(
    [{ _tag: 'ContainerUnpauseRequested', v: 1, id: c.id, operation: context.operation }],
    { whenResolved: context.operation },
  )
}

export const decideExec = (
  c: Container,
  command: CommandOf<'ExecInContainer'>,
  context: CommandContext,
): Decision => {
  if (c.phase._tag === 'Removing')
    return refuse({ _tag: 'RemovalInProgress', id: c.id, action: 'exec' })
  if (c.phase._tag !== 'Running' || c.phase.freezer._tag !== 'Thawed') return wrongState(c, 'exec')
  const open = c.execs[command.exec]
  if (open !== undefined) return join(open.operation)
  return accept(
    [
      {
        _tag: 'ContainerExecRequested',
        v: 1,
        id: c.id,
        operation: context.operation,
        exec: command.exec,
        attempt: c.phase.attempt,
        detached: command.detached,
        process: command.process,
      },
    ],
    { whenResolved: context.operation },
  )
}
