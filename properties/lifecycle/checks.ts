/** How the properties of this folder are run: the same number of runs, and failures that replay. */
import fc from 'fast-check'

/** In `npm test`; the nightly run has many more. */
export const runs = Number(process.env['PROPERTY_RUNS'] ?? 2_000)

export const holds = <A extends [unknown, ...unknown[]]>(
  ...parts: [...{ [K in keyof A]: fc.Arbitrary<A[K]> }, (...args: A) => boolean | void]
): void => {
  // A failure prints seed and path; both in `fc.assert` replay it.
  fc.assert(fc.property(...parts), { numRuns: runs })
}
