/** Reads conmon's answers from its sync and attach pipes: one JSON object per line. */
import type { Readable } from 'node:stream'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

const Message = t.intersection([t.type({ data: t.number }), t.partial({ message: t.string })])

export type PipeAnswer =
  | { readonly _tag: 'Data'; readonly data: number; readonly message: string }
  /** The pipe was closed without an answer: conmon is gone. */
  | { readonly _tag: 'Closed' }
  | { readonly _tag: 'Late' }

const parse = (line: string): PipeAnswer => {
  try {
    const decoded = Message.decode(JSON.parse(line))
    if (E.isRight(decoded)) {
      return { _tag: 'Data', data: decoded.right.data, message: decoded.right.message ?? '' }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  // conmon does not escape every byte of the runtime's text; what it says is still an error.
  const data = Number(/"data":\s*(-?\d+)/.exec(line)?.[1] ?? -1)
  const message = /"message":\s*"([^]*)"\s*\}\s*$/.exec(line)?.[1]
  return { _tag: 'Data', data, message: message ?? line }
}

/** The first answer, or `Late` after `deadlineMs`. Listens from the call on. */
export const readAnswer = (pipe: Readable, deadlineMs: number): Promise<PipeAnswer> =>
  new Promise((resolve) => {
    let text = ''
    const timer = setTimeout(() => finish({ _tag: 'Late' }), deadlineMs)
    const finish = (answer: PipeAnswer): void => {
      clearTimeout(timer)
      pipe.removeAllListeners('data')
      resolve(answer)
    }
    pipe.setEncoding('utf8')
    pipe.on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) finish(parse(text.slice(0, end)))
    })
    const closed = (): void => finish(text === '' ? { _tag: 'Closed' } : parse(text))
    pipe.on('end', closed)
    pipe.on('close', closed)
    pipe.on('error', closed)
  })
