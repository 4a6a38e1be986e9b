/** Times that users type: `2006-01-02T15:04:05[.ns][+zz:zz]`, or Unix seconds. */
import * as E from 'fp-ts/lib/Either.js'
import type { Timestamp } from '../../../adapters/rpc/wire/timestamp.ts'
import type { Built } from './refused.ts'

const pattern = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?)?$/

/** Without a zone the time is local (spec 23 section 2). */
export const parseInstant = (text: string): Built<Timestamp> => {
  if (/^\d{1,12}$/.test(text)) return E.right({ seconds: Number(text), nanos: 0 })
  const match = pattern.exec(text)
  const [, day = '', time = '00:00:00', fraction = '', zone = ''] = match ?? []
  const ms = Date.parse(`${day}T${time}${zone}`)
  return match === null || Number.isNaN(ms)
    ? E.left(`Invalid time '${text}': 2006-01-02T15:04:05[.999][+08:00] or seconds is needed`)
    : E.right({ seconds: Math.floor(ms / 1000), nanos: Number(fraction.padEnd(9, '0')) })
}
