/** Times that users type: `2006-01-02T15:04:05[.ns][+zz:zz]`, Unix seconds, or how long ago. */
import * as E from 'fp-ts/lib/Either.js'
import type { Timestamp } from '../../../adapters/rpc/wire/timestamp.ts'
import type { Built } from './refused.ts'

const pattern = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?)?$/

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** `1h30m` in ms; undefined: not a duration. */
const durationMs = (text: string): number | undefined => {
  if (!/^(\d{1,9}(\.\d{1,9})?(ms|s|m|h))+$/.test(text)) return undefined
  let sum = 0
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|[smh])/g))
    sum += Number(count) * (unitMs[unit ?? ''] ?? 0)
  return sum
}

const ofMs = (ms: number): Timestamp => ({
  seconds: Math.floor(ms / 1_000),
  nanos: Math.floor(ms % 1_000) * 1_000_000,
})

const ofSeconds = (text: string): Timestamp => {
  const [seconds, fraction = ''] = text.split('.')
  return { seconds: Number(seconds), nanos: Number(fraction.padEnd(9, '0')) }
}

/** Without a zone the time is local (spec 23 section 2). */
export const parseInstant = (text: string, nowMs = Date.now()): Built<Timestamp> => {
  if (/^\d{1,12}(\.\d{1,9})?$/.test(text)) return E.right(ofSeconds(text))
  const agoMs = durationMs(text)
  if (agoMs !== undefined && agoMs <= nowMs) return E.right(ofMs(nowMs - agoMs))
  const match = pattern.exec(text)
  const [, day = '', time = '00:00:00', fraction = '', zone = ''] = match ?? []
  const ms = Date.parse(`${day}T${time}${zone}`)
  return match === null || Number.isNaN(ms)
    ? E.left(
        `Invalid time '${text}': 2006-01-02T15:04:05[.999][+08:00], seconds, ` +
          'or how long ago such as 10m is needed',
      )
    : E.right({ seconds: Math.floor(ms / 1000), nanos: Number(fraction.padEnd(9, '0')) })
}

/** RFC 3339 with nanoseconds, as Logs takes its bounds. */
export const instantText = ({ seconds, nanos }: Timestamp): string =>
  `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`
