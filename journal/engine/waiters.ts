/** Clients that wait for the end of an operation. */
import type { OperationId } from '../../domain/identity.ts'
import type { Outcome, Resolution } from '../../domain/outcome.ts'

export class Waiters {
  readonly #waiting = new Map<OperationId, ((outcome: Outcome) => void)[]>()

  wait(operation: OperationId): Promise<Outcome> {
    return new Promise((resolve) => {
      const list = this.#waiting.get(operation)
      if (list === undefined) this.#waiting.set(operation, [resolve])
      else list.push(resolve)
    })
  }

  resolve({ operation, outcome }: Resolution): void {
    const list = this.#waiting.get(operation)
    this.#waiting.delete(operation)
    for (const resolve of list ?? []) resolve(outcome)
  }

  get open(): ReadonlyArray<OperationId> {
    return [...this.#waiting.keys()]
  }
}
