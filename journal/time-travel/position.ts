/** Where in a journal: a sequence number, a time, or its end. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { provenRecords } from './proven.ts'
import type { JournalSource } from './source.ts'

export type Position =
  | { readonly _tag: 'Seq'; readonly seq: number }
  /** Wall clock, ms since the epoch. */
  | { readonly _tag: 'Time'; readonly wallMs: number }
  | { readonly _tag: 'Head' }

export const head: Position = { _tag: 'Head' }

const date = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** `17`, `#17`, `head`, or a time such as `2024-05-01T12:00:00Z`; one without a zone is local. */
export const parsePosition = (text: string): Either<string, Position> => {
  if (text === 'head') return E.right(head)
  const number = /^#?(\d{1,15})$/.exec(text)?.[1]
  if (number !== undefined) return E.right({ _tag: 'Seq', seq: Number(number) })
  const wallMs = date.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN
  return Number.isNaN(wallMs)
    ? E.left(`'${text}' is neither a sequence number nor a time such as 2024-05-01T12:00:00Z`)
    : E.right({ _tag: 'Time', wallMs })
}

/**
 * The sequence number that a position means. A time means the newest record that is not younger:
 * the wall clock may have been set back (I9), so that the order is that of the numbers.
 */
export const sequenceAt = async (
  source: JournalSource,
  position: Position,
  onStop: (why: string) => void,
): Promise<number> => {
  if (position._tag === 'Seq') return position.seq
  let found = source.beginning().seq
  for await (const record of provenRecords(source, onStop)) {
    const envelope = decodeEnvelope(record.bytes)
    const isBefore =
      position._tag === 'Head' || (E.isRight(envelope) && envelope.right.at <= position.wallMs)
    if (isBefore) found = record.seq
  }
  return found
}
