/** Virtual time and the seeded order of everything that happens in a simulation. */
import type { Prng } from './prng.ts'

/** Steps of a crashed daemon vanish with it; those of the host and of clients go on. */
export type Owner = 'host' | 'client' | `daemon-${number}`

/** `work` is under way, `timer` waits for its time, `fate` is what a process will do by itself. */
export type StepKind = 'work' | 'timer' | 'fate'

export interface Step {
  readonly owner: Owner
  readonly kind: StepKind
  readonly atMs: number
  readonly run: () => void
}

interface Queued extends Step {
  /** Steps of the same millisecond run in a random order. */
  readonly tie: number
  readonly number: number
  isCancelled: boolean
}

/** How long one step of work takes at most (ms, exclusive). */
const longestStepMs = 4

const isBefore = (a: Queued, b: Queued): boolean =>
  a.atMs !== b.atMs ? a.atMs < b.atMs : a.tie !== b.tie ? a.tie < b.tie : a.number < b.number

/** A binary heap; cancelled steps stay in it until they come to the top. */
class Queue {
  readonly #heap: Queued[] = []

  get all(): ReadonlyArray<Queued> {
    return this.#heap
  }

  get first(): Queued | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#removeFirst()
    return this.#heap[0]
  }

  add(one: Queued): void {
    const heap = this.#heap
    let at = heap.push(one) - 1
    for (;;) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (at === 0 || parent === undefined || !isBefore(one, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = one
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]]
      const isRight = left !== undefined && right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (child === undefined || !isBefore(child, last)) break
      heap[at] = child
      at = 2 * at + (isRight ? 2 : 1)
    }
    heap[at] = last
  }
}

export class Scheduler {
  readonly #prng: Prng
  readonly #queue = new Queue()
  #nowMs = 0
  #numbers = 0

  constructor(prng: Prng) {
    this.#prng = prng
  }

  /** Milliseconds since the simulation began. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** Returns the cancel function. */
  add(step: Step): () => void {
    const atMs = Math.max(Math.ceil(step.atMs), this.#nowMs)
    const [tie, number] = [this.#prng.next(), (this.#numbers += 1)]
    const queued = { ...step, atMs, tie, number, isCancelled: false }
    this.#queue.add(queued)
    return () => void (queued.isCancelled = true)
  }

  /** Work that takes a short random time. */
  soon(owner: Owner, run: () => void): () => void {
    return this.add({
      owner,
      kind: 'work',
      atMs: this.#nowMs + this.#prng.below(longestStepMs),
      run,
    })
  }

  drop(owner: Owner): void {
    for (const one of this.#queue.all) if (one.owner === owner) one.isCancelled = true
  }

  pending(isMeant: (step: Step) => boolean): boolean {
    return this.#queue.all.some((one) => !one.isCancelled && isMeant(one))
  }

  /** When the next step is due (ms), or undefined. */
  get nextAtMs(): number | undefined {
    return this.#queue.first?.atMs
  }

  /** Runs the next step. */
  step(): void {
    const next = this.#queue.first
    if (next === undefined) return
    next.isCancelled = true
    this.#nowMs = next.atMs
    next.run()
  }
}
