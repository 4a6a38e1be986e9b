/** Durations of flags and keys: `2m`, `1h30m`, `500ms`, `-1` for no limit. */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from '../container/validate/refusal.ts'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds; null: no limit. */
export const parseDuration = (field: string, text: string): Checked<number | null> => {
  if (text === '-1') return E.right(null)
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h))+$/.test(text))
    return refuse(field, `Invalid ${field} "${text}": want a duration such as 2m, 90s or 1h30m`)
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)]
  const total = parts.reduce((sum, [, n, unit]) => sum + Number(n) * (unitMs[unit ?? ''] ?? 0), 0)
  return total > 0
    ? E.right(Math.round(total))
    : refuse(field, `Invalid ${field} "${text}": want more than 0`)
}
