/** Real timers on the monotonic clock. */
import type { ClockPort, TimerPort } from '../../domain/ports/ambient-ports.ts'

/** setTimeout fires at once beyond this (2^31 - 1 ms): long waits are made of shorter ones. */
const longestSleepMs = 2_147_483_647

export const systemTimer = (clock: ClockPort): TimerPort => ({
  at: (monoMs, call) => {
    let timer: NodeJS.Timeout
    const sleep = (): void => {
      const leftMs = monoMs - clock.now().monoMs
      timer =
        leftMs > longestSleepMs
          ? setTimeout(sleep, longestSleepMs)
          : setTimeout(call, Math.max(0, Math.ceil(leftMs)))
    }
    sleep()
    return () => clearTimeout(timer)
  },
})
