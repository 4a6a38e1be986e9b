/** Sizes with units (RES-VAL-01): `64m`, `1G`, `30KB`, `4096`; multiples are binary. */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from './refusal.ts'

const shiftOf: Readonly<Record<string, bigint>> = {
  '': 0n,
  k: 10n,
  m: 20n,
  g: 30n,
  t: 40n,
  p: 50n,
}

const maxInt64 = 2n ** 63n - 1n

/**
 * Bytes of `-?<digits>[k|m|g|t|p][i][b]`, any case. Beyond int64, and beyond what JSON numbers hold
 * exactly (2^53 - 1, 8 PiB), is refused. Signs are kept: whether a negative means anything is the
 * option's business.
 */
export const parseSize = (field: string, text: string): Checked<number> => {
  const match = /^(-?)(\d+)(?:([kmgtp])i?b?|b)?$/i.exec(text)
  const shift = match === null ? undefined : shiftOf[(match[3] ?? '').toLowerCase()]
  if (match === null || shift === undefined)
    return refuse(
      field,
      `${field}: invalid size "${text}": want a whole number with an optional unit, ` +
        `one of B, KB, MB, GB, TB, PB`,
    )
  const bytes = BigInt(match[2] ?? '0') << shift
  if (bytes > maxInt64 || bytes > BigInt(Number.MAX_SAFE_INTEGER))
    return refuse(field, `${field}: size "${text}" is out of range`)
  return E.right(match[1] === '-' && bytes > 0n ? -Number(bytes) : Number(bytes))
}
