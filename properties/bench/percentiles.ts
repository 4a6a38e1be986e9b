/** Medians and tails of measured times. */

/** `q` in 0..1; the smallest value that at least that share of the values does not exceed. */
export const percentile = (values: ReadonlyArray<number>, q: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? NaN
}

const ms = (value: number): string => `${value.toFixed(2)} ms`

export const summary = (values: ReadonlyArray<number>): string =>
  `p50 ${ms(percentile(values, 0.5))}, p99 ${ms(percentile(values, 0.99))}, ` +
  `max ${ms(percentile(values, 1))} over ${values.length} calls`
