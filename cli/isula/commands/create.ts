/** `isula create` (CLI-CREATE-01). */
import * as E from 'fp-ts/lib/Either.js'
import { fail, type Command } from './command.ts'
import { createContainer } from './create-container.ts'

export const create: Command = async (input) => {
  const stdin = input.flags.bool('interactive')
  const output = stdin || input.flags.bool('tty')
  const created = await createContainer(input, {
    attached: { stdin, output },
    autoRemove: false,
  })
  if (E.isLeft(created)) return fail(input, created.left, 125)
  input.out(`${created.right}\n`)
  return 0
}
