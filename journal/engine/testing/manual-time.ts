/** A clock that stands still until the test moves it; timers fire in order. */
import { bootId } from '../../../domain/identity.ts'
import type { ClockPort, TimerPort } from '../../../domain/ports/ambient-ports.ts'

interface Alarm {
  readonly atMs: number
  readonly call: () => void
}

const epochMs = 1_700_000_000_000

/** Node runs an immediate when the microtask queue is empty: every promise chain rests. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export class ManualTime {
  #monoMs = 1_000
  #alarms: ReadonlyArray<Alarm> = []

  readonly clock: ClockPort = {
    now: () => ({ boot: bootId('boot-1'), monoMs: this.#monoMs, wallMs: epochMs + this.#monoMs }),
  }

  readonly timer: TimerPort = {
    at: (atMs, call) => {
      const alarm = { atMs, call }
      this.#alarms = [...this.#alarms, alarm]
      return () => {
        this.#alarms = this.#alarms.filter((a) => a !== alarm)
      }
    },
  }

  /** Lets `ms` pass; whatever a timer sets going comes to rest before the next one fires. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monoMs + ms
    await settled()
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      const alarm = next
      this.#alarms = this.#alarms.filter((a) => a !== alarm)
      this.#monoMs = Math.max(this.#monoMs, alarm.atMs)
      alarm.call()
      await settled()
    }
    this.#monoMs = endMs
  }

  /** Alarms of a dead daemon do not ring. */
  forget(): void {
    this.#alarms = []
  }

  #next(endMs: number): Alarm | undefined {
    return [...this.#alarms].sort((a, b) => a.atMs - b.atMs).find((a) => a.atMs <= endMs)
  }
}
