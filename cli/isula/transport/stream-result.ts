/** The result of Attach, RemoteStart and RemoteExec: trailing metadata (spec 22 section 2). */
import * as E from 'fp-ts/lib/Either.js'
import type { Trailers } from './duplex.ts'
import { failureText, type CallFailure } from './failure.ts'

/** Texts that no header can hold travel as a JSON string; others as they are. */
const plainText = (text: string): string => {
  if (!text.startsWith('"')) return text
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'string' ? parsed : text
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

/** Left: the line for the user. Right: the exit code, which only an exec tells; else 0. */
export const streamResult = (ended: E.Either<CallFailure, Trailers>): E.Either<string, number> => {
  if (E.isLeft(ended)) return E.left(failureText(ended.left))
  const { cc = '0', errmsg = '', exit_code = '0' } = ended.right
  if (cc === '0') return E.right(Number(exit_code))
  const text = errmsg === '' ? `error ${cc}` : plainText(errmsg)
  return E.left(`Error response from daemon: ${text}`)
}
