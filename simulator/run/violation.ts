/** A broken invariant, named by its id. */

export interface Violation {
  /** `W3`, `J2`, `L1`, `I2`, … */
  readonly id: string
  readonly detail: string
  /** Simulation time, ms. */
  readonly atMs: number
}
