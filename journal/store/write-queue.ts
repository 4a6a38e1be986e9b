/** The writes of one store handle, one at a time; the first failure is the last write (J5). */
import { StorePoisoned } from './store-errors.ts'

export class WriteQueue {
  #poison: StorePoisoned | undefined
  #last: Promise<void> = Promise.resolve()

  /**
   * One write at a time, so that a crash can tear one batch at most. `admit` rejects where the
   * handle takes no writes at all; its error, unlike that of `work`, poisons nothing.
   */
  run(admit: () => void | Promise<void>, work: () => Promise<void>): Promise<void> {
    const result = this.#last.then(async () => {
      await admit()
      if (this.#poison !== undefined) throw this.#poison
      try {
        await work()
      } catch (error) {
        this.#poison = new StorePoisoned(error)
        throw error
      }
    })
    // The caller has the rejection; the queue only waits for its end.
    this.#last = result.catch((error: unknown) => void error)
    return result
  }

  /** Resolves when every write that was asked for has ended. */
  idle(): Promise<void> {
    return this.#last
  }
}
