/** A safe integer without io-ts' brand: counts, codes, sizes and sequence numbers. */
import * as t from 'io-ts'

export const Integer = new t.Type<number>(
  'Integer',
  (u): u is number => Number.isSafeInteger(u),
  (u, c) => (Number.isSafeInteger(u) ? t.success(u as number) : t.failure(u, c)),
  (a) => a,
)
