/** `isula logs` (CLI-LOGS-*). */
import * as E from 'fp-ts/lib/Either.js'
import type { LogsResponse } from '../../../adapters/rpc/wire/containers.ts'
import { calls } from '../transport/calls.ts'
import { failureText } from '../transport/failure.ts'
import { fail, type Command } from './command.ts'

const allLines = -1

export const logs: Command = async (input) => {
  const { flags } = input
  const timestamps = flags.bool('timestamps')
  const each = ({ data, stream, time }: LogsResponse): void => {
    const line = timestamps ? Buffer.concat([Buffer.from(`${time} `), data]) : data
    if (stream === 'stderr') process.stderr.write(line)
    else input.out(line)
  }
  const ended = await input.connection.stream(
    calls.logs,
    {
      id: input.operands[0] ?? '',
      follow: flags.bool('follow'),
      tail: flags.int('tail') ?? allLines,
      timestamps,
    },
    { each },
  )
  return E.isRight(ended) ? 0 : fail(input, failureText(ended.left))
}
