/** Clients that wait for the end of an operation. */
import type { OperationId } from '../../domain/identity.ts'
import type { Outcome, Resolution } from '../../domain/outcome.ts'

export class Waiters {
  readonly #waiting = new Map<OperationId, ((outcome: Outcome) => void)[]>()
  /** Answers of open operations that are known before the event that ends them (exec -d). */
  readonly #early = new Map<OperationId, Outcome>()

  wait(operation: OperationId): Promise<Outcome> {
    const early = this.#early.get(operation)
    if (early !== undefined) return Promise.resolve(early)
    return new Promise((resolve) => {
      const list = this.#waiting.get(operation)
      if (list === undefined) this.#waiting.set(operation, [resolve])
      else list.push(resolve)
    })
  }

  resolve({ operation, outcome }: Resolution): void {
    const list = this.#waiting.get(operation)
    this.#waiting.delete(operation)
    this.#early.delete(operation)
    for (const resolve of list ?? []) resolve(outcome)
  }

  /** Also answers those who ask later, until the operation has ended. */
  resolveEarly(resolution: Resolution): void {
    this.resolve(resolution)
    this.#early.set(resolution.operation, resolution.outcome)
  }

  get open(): ReadonlyArray<OperationId> {
    return [...this.#waiting.keys()]
  }
}
