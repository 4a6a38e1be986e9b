/** What the port doubles know of the daemon that calls them, and of the world around it. */
import type { CopyId } from '../../domain/identity.ts'
import type { FaultSource } from '../faults/fault-source.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import type { Prng } from '../schedule/prng.ts'
import type { Scheduler, Owner } from '../schedule/scheduler.ts'

export interface DaemonLife {
  readonly host: SimulatedHost
  readonly scheduler: Scheduler
  readonly prng: Prng
  readonly owner: Owner
  /** A dead daemon's calls are never answered. */
  readonly isAlive: () => boolean
  readonly trace: (line: string) => void
  readonly violated: (id: string, detail: string) => void
  /**
   * A point at which the daemon may die; true when it just did. `before` is what the host still
   * gets to do for the call that was under way.
   */
  readonly dies: (label: string, before?: () => void) => boolean
  /** One more effect was invoked on the host. */
  readonly countEffect: () => void
  /** What the host does wrong. */
  readonly faults: FaultSource
  /** The configured runtime is missing since the last start (K10). */
  readonly isRuntimeMissing: () => boolean
  /** The client of that copy has a stream to this very daemon. */
  readonly hasStream: (copy: CopyId) => boolean
  /** Whether the durable journal holds the intent by that name (see `oracles/intents.ts`). */
  readonly isIntended: (intent: string) => boolean
}
