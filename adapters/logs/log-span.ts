/** `since` and `until` of Logs: RFC 3339, or Unix seconds with a fraction. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'

export interface LogSpan {
  /** `time`: RFC 3339 with nanoseconds, as the log has it. */
  readonly contains: (time: string) => boolean
  readonly isBounded: boolean
  /** Infinity: no bound. */
  readonly untilMs: number
}

/** ms since the epoch, with the nanoseconds as its fraction. */
const msOfTime = (text: string): number => {
  const match = /^(.{19})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  const [, seconds, fraction = '0', zone] = match ?? []
  if (seconds === undefined || zone === undefined) return NaN
  return Date.parse(`${seconds}${zone}`) + Number(`0.${fraction}`) * 1000
}

const bound = (text: string, otherwise: number): Either<string, number> => {
  if (text === '') return E.right(otherwise)
  const ms = /^\d+(\.\d{1,9})?$/.test(text) ? Number(text) * 1000 : msOfTime(text)
  return Number.isNaN(ms) ? E.left(`Invalid time: ${text}`) : E.right(ms)
}

/** Left: the text for the client. */
export const logSpan = (since: string, until: string): Either<string, LogSpan> => {
  const from = bound(since, -Infinity)
  if (E.isLeft(from)) return from
  const to = bound(until, Infinity)
  if (E.isLeft(to)) return to
  return E.right({
    isBounded: from.right !== -Infinity || to.right !== Infinity,
    untilMs: to.right,
    contains: (time) => {
      const ms = msOfTime(time)
      return ms >= from.right && ms <= to.right
    },
  })
}
