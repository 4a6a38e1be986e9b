/** Time as the domain sees it: always an argument, never read (style: time-is-an-argument). */
import * as t from 'io-ts'
import { BootId } from './identity.ts'

/** A point on both clocks of one boot. `wallMs` labels, `monoMs` measures (I9). */
export const Now = t.strict({ boot: BootId, monoMs: t.number, wallMs: t.number }, 'Now')
export type Now = t.TypeOf<typeof Now>

/** A point on the monotonic clock of one boot; in every other boot it has passed. */
export const Deadline = t.strict({ boot: BootId, monoMs: t.number }, 'Deadline')
export type Deadline = t.TypeOf<typeof Deadline>

export const deadlineIn = (now: Now, ms: number): Deadline => ({
  boot: now.boot,
  monoMs: now.monoMs + ms,
})

export const hasPassed = (deadline: Deadline, now: Now): boolean =>
  deadline.boot !== now.boot || deadline.monoMs <= now.monoMs

/** The earlier of two wake-up times (monotonic ms of the current boot). */
export const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)
