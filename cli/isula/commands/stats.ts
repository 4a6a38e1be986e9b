/** `isula stats`: what containers use, as a table written anew every second (CLI-STATS-*). */
import { setTimeout as sleep } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Container_info } from '../../../adapters/rpc/wire/containers.ts'
import { liveScreen, originalTable, usageTable } from '../format/stats.ts'
import { calls } from '../transport/calls.ts'
import { fail, query, type Command, type CommandInput } from './command.ts'

const periodMs = 1_000
/** Between the two samples that one table is computed from. */
const shortestSpanMs = 300

type Sample = ReadonlyArray<Container_info>

const sampleOf = async (input: CommandInput): Promise<E.Either<string, Sample>> => {
  const request = { containers: [...input.operands], all: input.flags.bool('all') }
  return E.map((reply: { readonly containers: Sample }) => reply.containers)(
    await query(input, calls.stats, request),
  )
}

/** One table, from two samples: a share of the cpu belongs to a span of time. */
const once = async (input: CommandInput): Promise<number> => {
  const first = await sampleOf(input)
  if (E.isLeft(first)) return fail(input, first.left)
  if (input.flags.bool('original')) {
    input.out(originalTable(first.right))
    return 0
  }
  await sleep(shortestSpanMs)
  const second = await sampleOf(input)
  if (E.isLeft(second)) return fail(input, second.left)
  input.out(usageTable(first.right, second.right))
  return 0
}

const live = async (input: CommandInput): Promise<number> => {
  const original = input.flags.bool('original')
  let before: Sample = []
  for (;;) {
    const sample = await sampleOf(input)
    if (E.isLeft(sample)) return fail(input, sample.left)
    const now = sample.right
    input.out(liveScreen(original ? originalTable(now) : usageTable(before, now)))
    before = now
    await sleep(periodMs)
  }
}

export const stats: Command = (input) => (input.flags.bool('no-stream') ? once(input) : live(input))
