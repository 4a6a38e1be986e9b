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
}

/** How long one step of work takes at most (ms, exclusive). */
const longestStepMs = 4

const isBefore = (a: Queued, b: Queued): boolean =>
  a.atMs !== b.atMs ? a.atMs < b.atMs : a.tie !== b.tie ? a.tie < b.tie : a.number < b.number

export class Scheduler {
  readonly #prng: Prng
  #queue: Queued[] = []
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
    const queued = { ...step, atMs, tie: this.#prng.next(), number: (this.#numbers += 1) }
    this.#queue.push(queued)
    return () => {
      this.#queue = this.#queue.filter((q) => q !== queued)
    }
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
    this.#queue = this.#queue.filter((q) => q.owner !== owner)
  }

  pending(isMeant: (step: Step) => boolean): boolean {
    return this.#queue.some(isMeant)
  }

  /** When the next step is due (ms), or undefined. */
  get nextAtMs(): number | undefined {
    return this.#next()?.atMs
  }

  /** Runs the next step. */
  step(): void {
    const next = this.#next()
    if (next === undefined) return
    this.#queue = this.#queue.filter((q) => q !== next)
    this.#nowMs = next.atMs
    next.run()
  }

  #next(): Queued | undefined {
    let best: Queued | undefined
    for (const q of this.#queue) if (best === undefined || isBefore(q, best)) best = q
    return best
  }
}
