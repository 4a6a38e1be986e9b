/** A journal under test and, outside of it, what was promised: the oracle of J1 to J5. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { chainHash, genesisHash } from '../../journal/record/hash-chain.ts'
import type { JournalStore, NewRecord, StoredRecord } from '../../journal/store/journal-store.ts'
import { PowerLost, type DiskFault, type DiskOperation } from '../../simulator/store/disk.ts'
import type { Chance, PowerModel } from '../../simulator/store/power-models.ts'
import { simulatedJournal, type SimulatedJournal } from '../../simulator/store/simulated-journal.ts'
import { allRecords, sampleBatch } from '../contracts/journal-store.contract.ts'

export const nonce = 'history'

export interface HistoryOptions {
  readonly writeBufferBytes?: number
  readonly disk?: (operation: DiskOperation) => DiskFault | undefined
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const same = (a: StoredRecord, b: StoredRecord): boolean =>
  a.seq === b.seq && hex(a.hash) === hex(b.hash) && hex(a.bytes) === hex(b.bytes)

export class History {
  readonly journal: SimulatedJournal
  /** What the last opening found, and what was acknowledged since. */
  known: ReadonlyArray<StoredRecord> = []
  /** Sent and never answered. */
  inDoubt: ReadonlyArray<NewRecord> = []
  /** Batches of which a power cut or a failure left everything, and nothing. */
  readonly resolved = { kept: 0, lost: 0 }
  #store: JournalStore | undefined
  #gate: Promise<void> | undefined
  readonly #requests = new Map<string, number>()

  constructor(options: HistoryOptions = {}) {
    this.journal = simulatedJournal({
      ...options,
      nonce,
      gate: () => this.#gate ?? Promise.resolve(),
    })
  }

  get store(): JournalStore {
    this.#store ??= this.journal.open()
    return this.#store
  }

  batch(size: number, payloadBytes = 60): ReadonlyArray<NewRecord> {
    return sampleBatch(this.store.head(), { size, payloadBytes })
  }

  /** True: acknowledged. False: refused. Undefined: the power went. */
  async append(batch: ReadonlyArray<NewRecord>): Promise<boolean | undefined> {
    this.inDoubt = batch
    const answer = this.store.append(batch).then(
      () => true,
      () => false,
    )
    const acknowledged = await Promise.race([answer, this.#silence()])
    if (acknowledged !== true) return acknowledged
    this.known = [...this.known, ...batch]
    for (const { requestId, seq } of batch)
      if (requestId !== undefined) this.#requests.set(requestId, seq)
    this.inDoubt = []
    return true
  }

  /** False: refused. Undefined: the power went. */
  snapshot(): Promise<boolean | undefined> {
    const taken = this.store.putSnapshot({ ...this.store.head(), bytes: Buffer.from('state') })
    const answer = taken.then(
      () => true,
      () => false,
    )
    return Promise.race([answer, this.#silence()])
  }

  /** Leaves a batch in flight: written, not synced, not answered. */
  async sendOff(batch: ReadonlyArray<NewRecord>): Promise<void> {
    this.#gate = new Promise(() => undefined)
    this.inDoubt = batch
    let settled = false
    const note = (): void => void (settled = true)
    this.store.append(batch).then(note, note)
    await turns()
    assert.equal(settled, false, 'an append was answered before it was durable')
    this.#gate = undefined
  }

  crash(keepInFlight: boolean): Promise<void> {
    this.journal.crash(() => keepInFlight)
    return this.recover()
  }

  powerCut(model: PowerModel, chance: Chance): Promise<void> {
    this.journal.powerCut(model, chance)
    return this.recover()
  }

  /** Fail-stop: the poisoned handle is replaced by one that read the disk (J5). */
  async reopen(): Promise<void> {
    const reopened = this.journal.reopen()
    if (E.isLeft(reopened)) return this.recover()
    this.#store = reopened.right
    await this.check()
  }

  /** Opens after a death. What the disk refuses once is tried again, as a supervisor does. */
  async recover(): Promise<void> {
    for (;;) {
      const opened = this.journal.tryOpen()
      if (E.isRight(opened)) {
        this.#store = opened.right
        return this.check()
      }
      assert.equal(opened.left.name, 'DiskError', `J2: ${opened.left.message}`)
    }
  }

  /** J1: a prefix of what was sent. J2: all that was acknowledged. J3: batches are whole. */
  async check(): Promise<void> {
    const found = await allRecords(this.store.read(1))
    const whole = [...this.known, ...this.inDoubt]
    for (const [i, record] of found.entries()) {
      const sent = whole[i]
      assert.ok(sent !== undefined && same(record, sent), `J1: record ${record.seq} was never sent`)
    }
    assert.ok(found.length >= this.known.length, `J2: ${found.length} of ${this.known.length}`)
    const isKept = found.length === whole.length
    assert.ok(isKept || found.length === this.known.length, 'J3: half of a batch is there')
    this.#checkChain(found)
    await this.#checkIndexes(found, isKept)
    this.known = found
    this.inDoubt = []
  }

  #checkChain(found: ReadonlyArray<StoredRecord>): void {
    let previous = genesisHash(nonce)
    for (const [i, record] of found.entries()) {
      assert.equal(record.seq, i + 1, 'J4: the sequence is not dense')
      assert.equal(hex(record.hash), hex(chainHash(previous, record.bytes)), 'J4: the chain')
      previous = record.hash
    }
    assert.equal(hex(this.store.head().hash), hex(previous), 'J4: the head')
  }

  async #checkIndexes(found: ReadonlyArray<StoredRecord>, isKept: boolean): Promise<void> {
    const [first] = this.inDoubt
    if (first?.requestId !== undefined) {
      const seq = await this.store.sequenceOfRequest(first.requestId)
      assert.equal(seq, isKept ? first.seq : undefined, 'J3: the request entry')
      if (isKept) this.#requests.set(first.requestId, first.seq)
      this.resolved[isKept ? 'kept' : 'lost'] += 1
    }
    for (const [request, seq] of this.#requests)
      assert.equal(await this.store.sequenceOfRequest(request), seq, 'J2: a request entry')
    const streams = await this.store.streamHeads()
    assert.equal(streams.get('container:sample') ?? 0, found.length, 'J2: a stream head')
    const snapshot = await this.store.latestSnapshot()
    assert.ok(snapshot === undefined || snapshot.seq <= found.length)
  }

  async #silence(): Promise<undefined> {
    for (let i = 0; i < 100; i += 1) {
      await Promise.resolve()
      if (this.journal.lostPower()) break
    }
    return undefined
  }
}

export const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve()
}

/** Runs to the end or to a power cut inside a call; answers whether it was cut. */
export const untilPowerCut = async (work: () => Promise<void>): Promise<boolean> => {
  try {
    await work()
    return false
  } catch (error) {
    if (error instanceof PowerLost) return true
    throw error
  }
}
