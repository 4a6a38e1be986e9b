/** Time, timers and entropy as ports, so that the simulator can own them. */
import type { Now } from '../time.ts'

export interface ClockPort {
  readonly now: () => Now
}

export interface TimerPort {
  /** Calls once, at or after `monoMs` of the current boot. Returns the cancel function. */
  readonly at: (monoMs: number, call: () => void) => () => void
}

export interface EntropyPort {
  /** Lower-case hex of `bytes` random bytes. */
  readonly hex: (bytes: number) => string
}
