/** A simulated run as data: what is asked, what goes wrong, where. Equal plans, equal traces. */
import type { Command } from '../../domain/command.ts'
import type { Programs } from '../host/simulated-host.ts'
import type { FaultKind, FaultWeights } from '../faults/fault-kinds.ts'

/** A client's command at its time; it is repeated over crashes until it is answered. */
export interface PlannedCommand {
  readonly client: string
  /** Milliseconds of simulated time since the clients began. */
  readonly atMs: number
  readonly command: Command
}

/** One fault that was, or is to be, injected: `occurrence` counts the visits of `site` from 1. */
export interface PlacedFault {
  readonly kind: FaultKind
  /** Where the host or the journal may go wrong, e.g. `MountRootfs c001`. */
  readonly site: string
  readonly occurrence: number
  /** What exactly, where the kind leaves a choice: an errno, a duration (ms), a disk model. */
  readonly detail: string
}

/** `Swarm` draws faults by weight from the seed; `Listed` injects exactly these. */
export type FaultPlan =
  | { readonly _tag: 'Swarm'; readonly weights: FaultWeights }
  | { readonly _tag: 'Listed'; readonly faults: ReadonlyArray<PlacedFault> }

export interface SimulationPlan {
  readonly name: string
  readonly seed: number
  /** Simulated length of the safety phase, hours; the liveness phase comes after it. */
  readonly hours: number
  readonly programs: Programs
  readonly commands: ReadonlyArray<PlannedCommand>
  readonly faults: FaultPlan
}
