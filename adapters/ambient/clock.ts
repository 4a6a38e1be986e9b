/** The real clocks: CLOCK_MONOTONIC, the wall clock, and the kernel's boot id. */
import { readFileSync } from 'node:fs'
import { bootId } from '../../domain/identity.ts'
import type { ClockPort } from '../../domain/ports/ambient-ports.ts'

/** random(4): stays the same until the next boot. */
const bootIdFile = '/proc/sys/kernel/random/boot_id'

/** The boot id is read once: it cannot change under a living process. */
export const systemClock = (): ClockPort => {
  const boot = bootId(readFileSync(bootIdFile, 'utf8').trim())
  return {
    now: () => ({
      boot,
      monoMs: Number(process.hrtime.bigint() / 1000n) / 1000,
      wallMs: Date.now(),
    }),
  }
}
