/** Everything that the composition root hands to the front door. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { CreateDefaults } from '../../domain/container/validate/container-config.ts'
import type { EntropyPort } from '../../domain/ports/ambient-ports.ts'
import type { Layout } from '../../domain/ports/layout.ts'
import type { ArchivePort } from '../../domain/ports/storage-ports.ts'
import type { ContainerChanges } from '../copy/diff/container-changes.ts'
import type { CopySessions } from '../copy/sessions.ts'
import type { MonitorControl } from '../monitor/control.ts'
import type { StreamRegistry } from '../monitor/streams.ts'
import type { HostQueries } from '../queries/host-queries.ts'
import type { EngineFacade, JournalCodec } from './engine-facade.ts'

export interface RpcLog {
  readonly info: (message: string) => void
  readonly warn: (message: string) => void
  readonly debug: (message: string) => void
}

/** What `isula version` shows of the server. */
export interface BuildFacts {
  readonly version: string
  readonly gitCommit: string
  readonly buildTime: string
}

/** What `isula info` shows besides the numbers of containers and images (INFO-SYS-02, -05). */
export interface HostInfo {
  readonly kernelVersion: string
  readonly osType: string
  readonly architecture: string
  readonly nodeName: string
  readonly cpus: number
  readonly operatingSystem: string
  readonly cgroupDriver: string
  readonly loggingDriver: string
  /** Page sizes separated by commas, e.g. `2MB`. */
  readonly hugePageSizes: string
  readonly totalMemoryGb: number
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
  readonly driverName: string
  /** `Key: value` lines. */
  readonly driverStatus: string
}

/** Left: why there is no report, for the client. Right: a JSON value. */
export type Report = Promise<Either<string, unknown>>

export interface Reports {
  readonly explain: (container: string) => Report
  /** `ok` says whether the audit is clean. */
  readonly audit: () => Promise<Either<string, { readonly ok: boolean }>>
  readonly recovery: () => Report
}

export interface RpcOptions {
  readonly socketPath: string
  /** Group of the socket. */
  readonly gid: number
  readonly engine: EngineFacade
  readonly codec: JournalCodec
  readonly streams: StreamRegistry
  readonly control: MonitorControl
  readonly queries: HostQueries
  readonly copies: CopySessions
  readonly changes: ContainerChanges
  readonly archive: ArchivePort
  readonly layout: Layout
  /** The folder below which clients make their FIFOs. */
  readonly clientFifos: string
  readonly createDefaults: CreateDefaults
  /** CFG-START-01; null: no limit. */
  readonly startTimeoutMs: number | null
  readonly build: BuildFacts
  readonly hostInfo: () => HostInfo
  readonly reports: Reports
  readonly entropy: EntropyPort
  /** Wall clock, ms since the epoch. */
  readonly wallMs: () => number
  readonly log: RpcLog
}
