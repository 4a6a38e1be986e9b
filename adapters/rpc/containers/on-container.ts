/** The shape of most calls: find the container, carry out one command, answer with its full id. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Command } from '../../../domain/command.ts'
import type { Container } from '../../../domain/container/state.ts'
import { failure, perform, verdictOf, type Front, type Verdict } from '../front.ts'
import type { Caller } from '../server/caller.ts'
import { findContainer } from './find-container.ts'

export interface OnContainer extends Verdict {
  readonly id: string
}

/** `toCommand`: left is the text for the client. */
export const onContainer = async (
  front: Front,
  caller: Caller,
  given: string,
  toCommand: (container: Container) => Either<string, Command>,
): Promise<OnContainer> => {
  const found = findContainer(front.engine.world, given)
  if (E.isLeft(found)) return { ...failure(found.left), id: given }
  const { id } = found.right
  const command = toCommand(found.right)
  if (E.isLeft(command)) return { ...failure(command.left), id }
  return { ...verdictOf(await perform(front, caller, command.right)), id }
}
