/** Times of one run, by what was done and by which engine. */
import { percentile } from '../percentiles.ts'

export type Unit = 'ms' | 'MiB' | 'MiB/s'

export interface Measure {
  readonly what: string
  readonly unit: Unit
  /** By engine; one that has nothing of the kind is not in it. */
  readonly values: Map<string, Array<number>>
}

export class Measures {
  readonly #all = new Map<string, Measure>()

  add(what: string, unit: Unit, engine: string, value: number): void {
    const measure = this.#all.get(what) ?? { what, unit, values: new Map<string, Array<number>>() }
    this.#all.set(what, measure)
    measure.values.set(engine, [...(measure.values.get(engine) ?? []), value])
  }

  get all(): ReadonlyArray<Measure> {
    return [...this.#all.values()]
  }

  /** Milliseconds of `work`, added. */
  async time(what: string, engine: string, work: () => Promise<unknown>): Promise<void> {
    const begin = performance.now()
    await work()
    this.add(what, 'ms', engine, performance.now() - begin)
  }
}

export const median = (measure: Measure, engine: string): number | undefined => {
  const values = measure.values.get(engine)
  return values === undefined ? undefined : percentile(values, 0.5)
}
