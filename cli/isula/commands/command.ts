/** What a command is given, and what all commands do with answers. */
import * as E from 'fp-ts/lib/Either.js'
import type { Invocation } from '../grammar/invocation.ts'
import type { Call } from '../transport/calls.ts'
import type { Connection } from '../transport/connection.ts'
import { failureText, type CallFailure } from '../transport/failure.ts'
import { mintRequestId } from '../transport/request-id.ts'

export interface CommandInput extends Invocation {
  readonly connection: Connection
  readonly out: (text: string | Uint8Array) => void
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The exit code. */
export type Command = (input: CommandInput) => Promise<number>

interface Reply {
  readonly cc: number
  readonly errmsg: string
}

/** Left: the line for the user. Success is `cc` 0 (spec 22 section 2). */
export const checkReply = <R extends Reply>(
  answer: E.Either<CallFailure, R>,
): E.Either<string, R> => {
  if (E.isLeft(answer)) return E.left(failureText(answer.left))
  const { cc, errmsg } = answer.right
  if (cc === 0) return answer
  return E.left(`Error response from daemon: ${errmsg === '' ? `error ${cc}` : errmsg}`)
}

/** A call that changes something: it carries a request id of its own. */
export const change = async <Q, R extends Reply>(
  { connection }: CommandInput,
  call: Call<Q, R>,
  request: Partial<Q>,
): Promise<E.Either<string, R>> =>
  checkReply(await connection.unary(call, request, { requestId: mintRequestId() }))

export const query = async <Q, R extends Reply>(
  { connection }: CommandInput,
  call: Call<Q, R>,
  request: Partial<Q>,
): Promise<E.Either<string, R>> => checkReply(await connection.unary(call, request))

/** Says why on stderr. */
export const fail = ({ err }: CommandInput, line: string, exitCode = 1): number => {
  err(`${line}\n`)
  return exitCode
}

/** Each operand in order, going on after a failure (CLI-EXIT-04). `handle` gives what to print. */
export const forEachOperand = async (
  input: CommandInput,
  handle: (operand: string) => Promise<E.Either<string, string>>,
): Promise<number> => {
  let exitCode = 0
  for (const operand of input.operands) {
    const result = await handle(operand)
    if (E.isRight(result)) input.out(result.right)
    else exitCode = fail(input, result.left)
  }
  return exitCode
}

/** Handles each operand by one changing call, and prints the operand as it was given. */
export const echoEach = <Q, R extends Reply>(
  input: CommandInput,
  call: Call<Q, R>,
  request: (operand: string) => Partial<Q>,
): Promise<number> =>
  forEachOperand(input, async (operand) =>
    E.map(() => `${operand}\n`)(await change(input, call, request(operand))),
  )
