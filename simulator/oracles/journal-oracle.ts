/** Reads the whole journal as an auditor would: J1, J4, J6, D2, W4, W5, W8, W11. */
import type { DomainEvent } from '../../domain/event.ts'
import { bootId } from '../../domain/identity.ts'
import { envelopeTime, type RecordedEvent } from '../../journal/engine/recorded-event.ts'
import { World } from '../../journal/fold/world.ts'
import { chainHash, genesisHash, sameHash } from '../../journal/record/hash-chain.ts'
import type { StoredRecord } from '../../journal/store/journal-store.ts'
import { incarnation } from '../host/host-state.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import { recordedEvent } from './intents.ts'
import type { Report } from './world-oracle.ts'

/** The fold of everything that is on disk. */
export const foldOf = (records: ReadonlyArray<StoredRecord>): World => {
  const world = new World()
  for (const record of records) {
    const { event, envelope } = recordedEvent(record)
    world.apply(world.step(event, envelopeTime(envelope)).change)
  }
  return world
}

const checkChain = (records: ReadonlyArray<StoredRecord>, report: Report): void => {
  let previous = genesisHash('simulation')
  for (const [i, record] of records.entries()) {
    if (record.seq !== i + 1) report('J1', `record ${i + 1} has number ${record.seq}`)
    if (!sameHash(record.hash, chainHash(previous, record.bytes)))
      report('J4', `record ${record.seq} does not continue the chain`)
    previous = record.hash
  }
}

/** Every operation is opened once and ended once (W4). */
class Operations {
  readonly #open = new Map<string, string>()
  readonly #ended = new Map<string, string>()
  readonly #report: Report

  constructor(report: Report) {
    this.#report = report
  }

  take(event: DomainEvent, ends: ReadonlyArray<{ readonly operation: string }>): void {
    for (const { operation } of ends) {
      if (this.#open.delete(operation)) this.#ended.set(operation, event._tag)
      else if (!this.#ended.has(operation))
        this.#report('W4', `${event._tag} ends ${operation}, which was not open`)
    }
    // What a failed create leaves behind is cleared by an operation of its own.
    if (event._tag === 'ContainerCreateFailed' || event._tag === 'VolumeCreateFailed')
      this.#begin(`${event.operation}/undo`, event._tag)
    if ('operation' in event && event._tag.endsWith('Requested'))
      this.#begin(event.operation, event._tag)
  }

  #begin(operation: string, tag: string): void {
    if (!this.#ended.has(operation)) this.#open.set(operation, tag)
  }

  checkClosed(): void {
    for (const [operation, tag] of this.#open)
      this.#report('W4', `${tag} ${operation} never got an outcome`)
  }
}

/** The code is the host's, told once; unknown only where no record was there to be read (W5). */
class Exits {
  readonly #host: SimulatedHost
  readonly #report: Report
  readonly #seen = new Set<string>()

  constructor(host: SimulatedHost, report: Report) {
    this.#host = host
    this.#report = report
  }

  take({ event, envelope }: RecordedEvent): void {
    if (event._tag !== 'ContainerExited') return
    const key = incarnation(event.id, event.attempt)
    if (this.#seen.has(key)) this.#report('W5', `${key} ended twice`)
    this.#seen.add(key)
    const truth = this.#host.notebook.exits.get(key)
    if (truth === undefined) this.#report('W5', `${key} is said to have ended, it did not`)
    if (event.cause === 'itself' && this.#host.notebook.slain.has(key))
      this.#report('W7', `${key} was killed by the engine, and nobody had asked for it`)
    if (event.exit._tag === 'KnownExit' && event.exit.code !== truth)
      this.#report('W5', `${key} ended with ${truth ?? 'nothing'}, not ${event.exit.code}`)
    const { boot, mono } = envelope
    if (event.exit._tag === 'UnknownExit')
      this.#checkUnknown(key, this.#host.timeIn(bootId(boot), mono))
  }

  #checkUnknown(key: string, atMs: number): void {
    const record = this.#host.notebook.records.get(key)
    if (record === undefined || record.fromMs >= atMs) return
    if (record.untilMs === undefined || record.untilMs >= atMs)
      this.#report('W5', `${key} has an exit record, its exit is called unknown`)
  }
}

export interface Audit {
  readonly host: SimulatedHost
  readonly report: Report
  /** All work is at rest: no operation may be open. */
  readonly isSettled: boolean
  /** Effects hung or were refused: a stop may have had to be given up. */
  readonly isFaulty: boolean
}

/** Starts that end without the runtime's word. */
const mayHaveStarted = new Set(['ETIMEDOUT', 'EREBOOT'])

/** Where strangers removed the evidence nobody can know. */
const ranUnrobbed = (key: string, { host }: Audit): boolean =>
  host.notebook.starts.has(key) && !host.notebook.robbed.has(key)

/** What the journal says about starts against what the host did (W1, W12), and W8, W11. */
const checkEvent = (world: World, event: DomainEvent, removed: Set<string>, a: Audit): void => {
  if ('id' in event && removed.has(event.id) && event._tag.startsWith('Container'))
    a.report('W8', `${event._tag} after the removal of ${event.id}`)
  if (event._tag === 'ContainerRemoved') removed.add(event.id)
  if (event._tag === 'ContainerStopAbandoned' && !a.isFaulty)
    a.report('L3', `${event.id} did not stop: ${event.reason}`)
  if (event._tag === 'ContainerStarted') {
    const key = incarnation(event.id, event.attempt)
    const { starts, refused, robbed } = a.host.notebook
    // After a lost refusal the dead init is all that a probe can see: start and exit are recorded.
    if (starts.get(key) !== 1 && !refused.has(key) && !robbed.has(key))
      a.report('W1', `${key} is said to have started, it did not`)
  }
  if (event._tag === 'ContainerStartFailed' && !mayHaveStarted.has(event.errno)) {
    const key = incarnation(event.id, event.attempt)
    if (ranUnrobbed(key, a)) a.report('W12', `${key} ran and is said to have failed`)
  }
  if (event._tag === 'ContainerExecFailed' && event.errno !== 'EABANDONED') {
    const attempt = world.container(event.id)?.execs[event.exec]?.attempt ?? 0
    const key = `${incarnation(event.id, attempt)}/${event.exec}`
    if (ranUnrobbed(key, a)) a.report('W12', `${key} ran and is said to have failed`)
  }
  if (event._tag === 'ContainerRestartScheduled') {
    const policy = world.container(event.id)?.host.RestartPolicy
    const most = policy?.Name === 'on-failure' ? policy.MaximumRetryCount : 0
    if (most > 0 && event.count > most) a.report('W11', `restart ${event.count} of ${most}`)
  }
}

export const auditJournal = (records: ReadonlyArray<StoredRecord>, a: Audit): void => {
  checkChain(records, a.report)
  const world = new World()
  const operations = new Operations(a.report)
  const exits = new Exits(a.host, a.report)
  const removed = new Set<string>()
  for (const record of records) {
    const recorded = recordedEvent(record)
    const { event, envelope } = recorded
    const step = world.step(event, envelopeTime(envelope))
    if (!step.legal) a.report('D2', `illegal ${event._tag} at ${envelope.seq}`)
    operations.take(event, step.resolutions)
    exits.take(recorded)
    checkEvent(world, event, removed, a)
    world.apply(step.change)
  }
  if (a.isSettled) operations.checkClosed()
}
