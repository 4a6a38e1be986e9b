/** Real timers on the monotonic clock. */
import type { ClockPort, TimerPort } from '../../domain/ports/ambient-ports.ts'

/** setTimeout fires at once beyond this (2^31 - 1 ms): long waits are made of shorter ones. */
const longestSleepMs = 2_147_483_647

export const systemTimer = (clock: ClockPort): TimerPort => ({
  at: (monoMs, call) => {
    let timer: NodeJS.Timeout
    const sleep = (ms: number): void => {
      timer = setTimeout(wake, Math.min(longestSleepMs, Math.max(0, Math.ceil(ms))))
    }
    // Node counts whole milliseconds and may wake a little early.
    const wake = (): void => {
      const leftMs = monoMs - clock.now().monoMs
      if (leftMs > 0) sleep(leftMs)
      else call()
    }
    sleep(monoMs - clock.now().monoMs)
    return () => clearTimeout(timer)
  },
})
