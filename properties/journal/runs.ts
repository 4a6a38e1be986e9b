/** How often a property of the journal runs, and how a failure is run again. */
import fc from 'fast-check'

const runs = Number(process.env['PROPERTY_RUNS'] ?? '2000')
const seed = process.env['PROPERTY_SEED']

export interface Checking {
  /** Of the usual number of runs, for properties whose runs are expensive. */
  readonly share?: number
}

/** fast-check's report names seed and path; `PROPERTY_SEED` and `PROPERTY_RUNS` repeat a run. */
export const checked = async <A extends ReadonlyArray<unknown>>(
  property: fc.IAsyncProperty<A> | fc.IProperty<A>,
  checking: Checking = {},
): Promise<void> => {
  await fc.assert(property as fc.IAsyncProperty<A>, {
    numRuns: Math.ceil(runs * (checking.share ?? 1)),
    interruptAfterTimeLimit: 160_000,
    markInterruptAsFailure: true,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  })
}
