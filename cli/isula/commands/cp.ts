/** `isula cp`: files between here and a container (CLI-CP-01..07). */
import * as E from 'fp-ts/lib/Either.js'
import { copyIn } from '../transfer/copy-in.ts'
import { copyOut } from '../transfer/copy-out.ts'
import { copyWish } from '../transfer/copy-paths.ts'
import { calls } from '../transport/calls.ts'
import { fail, query, type Command } from './command.ts'

export const cp: Command = async (input) => {
  const [source = '', destination = ''] = input.operands
  const wish = copyWish(source, destination)
  if (E.isLeft(wish)) return fail(input, wish.left)
  // As upstream's client: a daemon that is not there is told before any file is touched.
  const there = await query(input, calls.info, {})
  if (E.isLeft(there)) return fail(input, there.left)
  const copied =
    wish.right._tag === 'Out'
      ? await copyOut(input, wish.right.from, wish.right.to)
      : await copyIn(input, wish.right.from, wish.right.to)
  return E.isRight(copied) ? 0 : fail(input, copied.left)
}
