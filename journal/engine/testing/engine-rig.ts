/** An engine on a memory journal and a small host, with the journal's faults in the test's hand. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Command } from '../../../domain/command.ts'
import type { DomainEvent } from '../../../domain/event.ts'
import { eventOfEnvelope } from '../feed.ts'
import { decodeEnvelope } from '../../record/envelope-codec.ts'
import type { JournalStore } from '../../store/journal-store.ts'
import { memoryJournal, type AppendFault } from '../../store/memory-store.ts'
import { Engine } from '../engine.ts'
import type { Cut } from '../journal-handle.ts'
import type { SubmitResult } from '../submission.ts'
import { ManualTime, settled } from './manual-time.ts'
import { SmallHost } from './small-host.ts'

export class EngineRig {
  readonly time = new ManualTime()
  readonly host = new SmallHost(this.time)
  readonly warnings: string[] = []
  readonly fatal: number[] = []
  /** The fate of the next appends, in order; an empty list: they succeed. */
  faults: (AppendFault | undefined)[] = []
  /** What the next reopenings answer instead of a store. */
  refusals: string[] = []
  reserveInPlace = true
  reopenings = 0
  /** Batches that were begun. */
  appends = 0
  cuts: ReadonlyArray<Cut> = []
  /** What the next reopening cuts. */
  tears: ReadonlyArray<Cut> = []
  #held: (() => void)[] | undefined
  #engine: Engine | undefined
  #store: JournalStore | undefined

  readonly journal = memoryJournal({
    nonce: 'rig',
    gate: () => this.#gate(),
    fault: () => this.faults.shift(),
  })

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('the rig was not opened')
    return this.#engine
  }

  /** The journal's present store. */
  get store(): JournalStore {
    this.#store ??= this.journal.open()
    return this.#store
  }

  async open(extra: ReadonlyArray<Command> = []): Promise<this> {
    const silent = (): void => undefined
    this.#engine = await Engine.open({
      ports: this.host.ports(),
      journal: {
        store: () => this.store,
        reopen: () => this.#reopen(),
        replenish: () => Promise.resolve(this.reserveInPlace),
        committed: silent,
        cuts: () => this.cuts,
      },
      version: 'test',
      pid: 1,
      log: { info: silent, debug: silent, warn: (line) => this.warnings.push(line) },
      onFatal: (code) => this.fatal.push(code),
    })
    await this.#engine.start(extra)
    await settled()
    return this
  }

  /** SIGKILL: the daemon's memory is gone, the host goes on. */
  kill(keepInFlight = true): void {
    this.#engine?.abandon()
    this.journal.crash(() => keepInFlight)
    this.time.forget()
    this.#held = undefined
    this.#store = undefined
  }

  async restart(): Promise<this> {
    this.kill()
    return this.open()
  }

  submit(command: Command, requestId = ''): Promise<SubmitResult> {
    return this.engine.submit(command, { actor: 'client', requestId, causation: 0 })
  }

  /** The command must be accepted; its events. */
  async ok(command: Command, requestId = ''): Promise<ReadonlyArray<DomainEvent>> {
    const result = await this.submit(command, requestId)
    if (E.isLeft(result)) throw new Error(`${command._tag}: ${JSON.stringify(result.left)}`)
    return result.right.events
  }

  /** From now on appends stay in flight until `release`. */
  hold(): void {
    this.#held = []
  }

  async release(): Promise<void> {
    const held = this.#held ?? []
    this.#held = undefined
    for (const go of held) go()
    await settled()
  }

  /** Kinds of all durable events, oldest first. */
  kinds(): ReadonlyArray<string> {
    return this.events().map((e) => e._tag)
  }

  events(): ReadonlyArray<DomainEvent> {
    return this.journal.records().map((record) => {
      const envelope = decodeEnvelope(record.bytes)
      const recorded = E.isRight(envelope) ? eventOfEnvelope(envelope.right) : undefined
      if (recorded === undefined) throw new Error(`record ${record.seq} cannot be read`)
      return recorded.event
    })
  }

  /** How many events `work` appends, with everything that follows from it. */
  async added(work: () => Promise<unknown>): Promise<ReadonlyArray<string>> {
    const before = this.journal.records().length
    await work()
    await settled()
    return this.kinds().slice(before)
  }

  #gate(): Promise<void> {
    this.appends += 1
    const held = this.#held
    return held === undefined
      ? Promise.resolve()
      : new Promise<void>((resolve) => void held.push(resolve))
  }

  async #reopen(): Promise<Either<string, JournalStore>> {
    this.reopenings += 1
    await this.#store?.close()
    const refusal = this.refusals.shift()
    if (refusal !== undefined) return E.left(refusal)
    this.cuts = [...this.cuts, ...this.tears]
    this.tears = []
    this.#store = this.journal.open()
    return E.right(this.#store)
  }
}
