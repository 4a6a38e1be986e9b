/** `isula logs` (CLI-LOGS-*). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { LogsResponse } from '../../../adapters/rpc/wire/containers.ts'
import { flagErrorExit } from '../grammar/parse.ts'
import { instantText, parseInstant } from '../request/instant.ts'
import type { Built } from '../request/refused.ts'
import { calls } from '../transport/calls.ts'
import { failureText } from '../transport/failure.ts'
import { fail, type Command } from './command.ts'

const allLines = -1

/** As the wire has it: empty for no bound. */
const bound = (text: string | undefined): Built<string> =>
  text === undefined
    ? E.right('')
    : pipe(
        parseInstant(text),
        E.map((instant) => instantText(instant)),
      )

export const logs: Command = async (input) => {
  const { flags } = input
  const since = bound(flags.text('since'))
  if (E.isLeft(since)) return fail(input, since.left, flagErrorExit)
  const until = bound(flags.text('until'))
  if (E.isLeft(until)) return fail(input, until.left, flagErrorExit)
  const timestamps = flags.bool('timestamps')
  const each = ({ data, stream, time }: LogsResponse): void => {
    const line = timestamps ? Buffer.concat([Buffer.from(`${time} `), data]) : data
    if (stream === 'stderr') process.stderr.write(line)
    else input.out(line)
  }
  const request = {
    id: input.operands[0] ?? '',
    since: since.right,
    until: until.right,
    follow: flags.bool('follow'),
    tail: flags.int('tail') ?? allLines,
    timestamps,
  }
  const ended = await input.connection.stream(calls.logs, request, { each })
  return E.isRight(ended) ? 0 : fail(input, failureText(ended.left))
}
