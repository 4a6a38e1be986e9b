/** Where the daemon dies: plans over the numbered boundaries of a run (fault class K1). */
import type { Prng } from '../schedule/prng.ts'

export interface Boundary {
  /** The first daemon of a run is 1; each restart makes the next. */
  readonly generation: number
  /** From 1 in each generation; those of the set-up are not counted. */
  readonly number: number
  readonly label: string
}

/** Whether the daemon dies here. */
export type CrashPlan = (boundary: Boundary) => boolean

export const noCrash: CrashPlan = () => false

/** At one boundary of the first daemon and, where given, at one of the second's recovery. */
export const crashAt =
  (first: number, nested?: number): CrashPlan =>
  ({ generation, number }) =>
    (generation === 1 && number === first) || (generation === 2 && number === nested)

/** Once in `n` boundaries, at most `most` times. */
export const randomCrashes = (prng: Prng, n: number, most: number): CrashPlan => {
  let left = most
  return () => {
    if (left === 0 || !prng.oneIn(n)) return false
    left -= 1
    return true
  }
}
