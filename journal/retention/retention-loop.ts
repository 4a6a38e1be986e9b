/** Runs retention now and then, when the engine has nothing else to do. */
import type { ClockPort, TimerPort } from '../../domain/ports/ambient-ports.ts'
import type { RetentionReport } from './retention.ts'

const firstMs = 60_000
const everyMs = 10 * 60_000
const busyMs = 5_000
/** An engine that never rests is not waited for longer than so many times. */
const mostWaits = 60

export interface RetentionLoopParts {
  /** One pass; it ends early once `isStopped` says so. */
  readonly run: (isStopped: () => boolean) => Promise<RetentionReport>
  readonly isIdle: () => boolean
  readonly clock: ClockPort
  readonly timer: TimerPort
  readonly log: {
    readonly info: (message: string) => void
    readonly warn: (message: string) => void
  }
}

export class RetentionLoop {
  readonly #parts: RetentionLoopParts
  #cancel: () => void = () => undefined
  #pass: Promise<void> = Promise.resolve()
  #waits = 0
  #stopped = false

  constructor(parts: RetentionLoopParts) {
    this.#parts = parts
  }

  start(): void {
    this.#in(firstMs)
  }

  /** Resolves when a pass under way has ended. */
  stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    return this.#pass
  }

  #in(ms: number): void {
    if (this.#stopped) return
    const { clock, timer } = this.#parts
    this.#cancel = timer.at(clock.now().monoMs + ms, () => this.#due())
  }

  #due(): void {
    if (!this.#parts.isIdle() && this.#waits < mostWaits) {
      this.#waits += 1
      return this.#in(busyMs)
    }
    this.#waits = 0
    this.#pass = this.#run().finally(() => this.#in(everyMs))
  }

  /** Never rejects: what failed is tried again by the next pass. */
  async #run(): Promise<void> {
    const { run, log } = this.#parts
    try {
      const { archived, deleted } = await run(() => this.#stopped)
      for (const { from, to } of archived) log.info(`journal: records ${from} to ${to} archived`)
      for (const { from, to } of deleted) log.info(`journal: archive ${from} to ${to} deleted`)
    } catch (error) {
      log.warn(`journal retention: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
