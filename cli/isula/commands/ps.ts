/** `isula ps` (CLI-PS-*, spec 23). */
import * as E from 'fp-ts/lib/Either.js'
import type { FlagValues } from '../grammar/values.ts'
import { psText, sortContainers } from '../format/ps.ts'
import { calls } from '../transport/calls.ts'
import { fail, query, type Command } from './command.ts'
import { parseFilters } from './filters.ts'

/** The wire has filters for these two (spec 22, ListRequest). */
const lastCreated = (flags: FlagValues): number | undefined =>
  flags.bool('latest') ? 1 : flags.int('last')

export const ps: Command = async (input) => {
  const { flags } = input
  const filters = parseFilters(flags.list('filter'))
  if (E.isLeft(filters)) return fail(input, filters.left)
  const last = lastCreated(flags)
  const reply = await query(input, calls.list, {
    all: flags.bool('all'),
    filters: { ...filters.right, ...(last === undefined ? {} : { last_n: String(last) }) },
  })
  if (E.isLeft(reply)) return fail(input, reply.left)
  const containers = sortContainers(reply.right.containers, last !== undefined)
  if (flags.bool('quiet')) {
    input.out(containers.map(({ id }) => `${id}\n`).join(''))
    return 0
  }
  const shown = { truncate: !flags.bool('no-trunc'), nowMs: Date.now() }
  const text = psText(containers, flags.text('format'), shown)
  if (E.isLeft(text)) return fail(input, text.left)
  input.out(text.right)
  return 0
}
