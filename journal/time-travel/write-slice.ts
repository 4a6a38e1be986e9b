/** Writes a redacted slice of a journal, with a chain and a state of its own. */
import { randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { foldEnvelope } from '../fold/replay.ts'
import { stateHash, takeSnapshot } from '../fold/world-snapshot.ts'
import { World } from '../fold/world.ts'
import { decodeEnvelope, encodeEnvelope } from '../record/envelope-codec.ts'
import type { Envelope } from '../record/envelope.ts'
import { decodeEvent, encodeEvent } from '../record/event-codec.ts'
import { chainHash, hexOfHash } from '../record/hash-chain.ts'
import { Placeholders } from './placeholders.ts'
import { provenRecords } from './proven.ts'
import { redactEvent } from './redact-event.ts'
import { redactWorld } from './redact-world.ts'
import { recordLine, type SliceHeader, type SliceTrailer } from './slice-lines.ts'
import type { JournalSource } from './source.ts'

export interface SliceRange {
  /** First and last sequence number; a slice may be empty. */
  readonly from: number
  readonly to: number
}

export interface WrittenSlice {
  readonly from: number
  readonly to: number
  readonly records: number
  readonly stateHash: string
}

/** What cannot be read cannot be redacted: only its kind stays. */
const redactedEnvelope = (p: Placeholders, envelope: Envelope): Envelope => {
  const event = decodeEvent(envelope.kind, envelope.v, envelope.payload)
  return E.isLeft(event)
    ? { ...envelope, payload: {} }
    : { ...envelope, ...encodeEvent(redactEvent(p, event.right)) }
}

class SliceWriter {
  readonly #write: (line: string) => Promise<void>
  readonly #range: SliceRange
  readonly #placeholders = new Placeholders()
  readonly #world: World
  readonly #firstSeq: number
  #hash: Uint8Array = randomBytes(32)
  #headed = false
  #records = 0
  #seq: number

  constructor(source: JournalSource, range: SliceRange, write: (line: string) => Promise<void>) {
    const { seq, world } = source.beginning()
    this.#world = world === undefined ? new World() : redactWorld(this.#placeholders, world)
    this.#firstSeq = seq + 1
    this.#seq = Math.max(seq, range.from - 1)
    this.#range = range
    this.#write = write
  }

  async take(seq: number, given: Envelope): Promise<void> {
    const envelope = redactedEnvelope(this.#placeholders, given)
    if (seq >= this.#range.from) await this.#record(seq, envelope)
    foldEnvelope(this.#world, envelope)
  }

  async end(): Promise<WrittenSlice> {
    await this.#header()
    const trailer: SliceTrailer = {
      records: this.#records,
      head: { seq: this.#seq, hash: hexOfHash(this.#hash) },
      stateHash: stateHash(this.#world),
    }
    await this.#write(JSON.stringify(trailer))
    return {
      from: this.#range.from,
      to: this.#seq,
      records: this.#records,
      stateHash: trailer.stateHash,
    }
  }

  async #record(seq: number, envelope: Envelope): Promise<void> {
    await this.#header()
    const bytes = encodeEnvelope(envelope)
    this.#hash = chainHash(this.#hash, bytes)
    this.#seq = seq
    this.#records += 1
    await this.#write(recordLine({ seq, hash: this.#hash, bytes }))
  }

  async #header(): Promise<void> {
    if (this.#headed) return
    this.#headed = true
    const { from } = this.#range
    const state =
      from === 1 && this.#firstSeq === 1
        ? null
        : Buffer.from(takeSnapshot(this.#world, 0)).toString('utf8')
    const header: SliceHeader = {
      isulaSlice: 1,
      redacted: true,
      from,
      previous: hexOfHash(this.#hash),
      state,
    }
    await this.#write(JSON.stringify(header))
  }
}

/**
 * Everything before `from` is folded, so that the slice can be replayed alone. `write` gets lines
 * without their ends. Left: why that slice cannot be made.
 */
export const writeSlice = async (
  source: JournalSource,
  range: SliceRange,
  write: (line: string) => Promise<void>,
): Promise<Either<string, WrittenSlice>> => {
  const beginning = source.beginning()
  if (beginning.seq > 0 && beginning.world === undefined)
    return E.left(`the state before record ${beginning.seq + 1} is not known`)
  const from = Math.max(range.from, beginning.seq + 1)
  const writer = new SliceWriter(source, { from, to: range.to }, write)
  let stopped: string | undefined
  const records = provenRecords(source, (why) => {
    stopped = why
  })
  for await (const record of records) {
    if (record.seq > range.to) break
    const envelope = decodeEnvelope(record.bytes)
    if (E.isLeft(envelope)) return E.left(`record ${record.seq}: ${envelope.left}`)
    await writer.take(record.seq, envelope.right)
  }
  return stopped === undefined ? E.right(await writer.end()) : E.left(stopped)
}
