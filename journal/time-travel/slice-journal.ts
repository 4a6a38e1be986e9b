/** A slice file as a source of records, with what is wrong with its lines. */
import { createReadStream } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import type { AuditFinding } from '../audit/verdict.ts'
import { foldEnvelope } from '../fold/replay.ts'
import { restoreSnapshot, stateHash } from '../fold/world-snapshot.ts'
import { World } from '../fold/world.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { hashOfHex, hexOfHash } from '../record/hash-chain.ts'
import type { StoredRecord } from '../store/journal-store.ts'
import { parseLine, type SliceHeader, type SliceLine, type SliceTrailer } from './slice-lines.ts'
import type { JournalSource } from './source.ts'

export interface SliceJournal extends JournalSource {
  readonly redacted: boolean
  readonly from: number
  readonly records: () => AsyncIterable<StoredRecord>
  /** SHA-256 of the canonical state after the last record that could be read. */
  readonly stateHash: string
}

const linesOf = async function* (path: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines.filter((line) => line !== '')
  }
  if (rest !== '') yield rest
}

/** Mutable on purpose: one pass over the lines of one file. */
class Reading {
  readonly findings: AuditFinding[] = []
  trailer: SliceTrailer | undefined
  records = 0
  last: StoredRecord | undefined
  readonly world: World
  #line = 1

  constructor(world: World) {
    this.world = world
  }

  take(text: string): void {
    this.#line += 1
    const parsed = parseLine(text)
    if (E.isLeft(parsed)) return this.#found(parsed.left)
    this.#part(parsed.right)
  }

  end(): void {
    if (this.trailer === undefined) return this.#found('the slice ends without its trailer')
    const { records, head, stateHash: promised } = this.trailer
    if (records !== this.records)
      this.#found(`the trailer counts ${records} records, there are ${this.records}`)
    if (this.last !== undefined && head.hash !== hexOfHash(this.last.hash))
      this.#found('the trailer names another last record')
    if (promised !== stateHash(this.world)) this.#found('the records fold to another state')
  }

  #part(part: SliceLine): void {
    if (part._tag === 'Header') return this.#found('a second header')
    if (this.trailer !== undefined) return this.#found('something follows the trailer')
    if (part._tag === 'Trailer') {
      this.trailer = part.trailer
      return
    }
    this.records += 1
    this.last = part.record
    const envelope = decodeEnvelope(part.record.bytes)
    if (E.isRight(envelope)) foldEnvelope(this.world, envelope.right)
  }

  #found(detail: string): void {
    this.findings.push({ check: 'files', subject: `line ${this.#line}`, detail })
  }
}

const recordsIn = async function* (path: string): AsyncGenerator<StoredRecord> {
  for await (const line of linesOf(path)) {
    const parsed = parseLine(line)
    if (E.isRight(parsed) && parsed.right._tag === 'Record') yield parsed.right.record
  }
}

const worldOf = ({ state }: SliceHeader): World | undefined =>
  state === null ? new World() : restoreSnapshot(Buffer.from(state, 'utf8'))?.world

const headerOf = async (path: string): Promise<SliceHeader | undefined> => {
  for await (const line of linesOf(path)) {
    const parsed = parseLine(line)
    return E.isRight(parsed) && parsed.right._tag === 'Header' ? parsed.right.header : undefined
  }
  return undefined
}

/** Undefined: the file is no slice. Rejects with the kernel's error where it cannot be read. */
export const sliceJournal = async (path: string): Promise<SliceJournal | undefined> => {
  const header = await headerOf(path)
  if (header === undefined) return undefined
  const reading = new Reading(worldOf(header) ?? new World())
  let first = true
  for await (const line of linesOf(path)) {
    if (!first) reading.take(line)
    first = false
  }
  reading.end()
  const hash = hashOfHex(header.previous)
  const unusable: ReadonlyArray<AuditFinding> =
    worldOf(header) === undefined
      ? [{ check: 'files', subject: 'line 1', detail: 'its state cannot be read' }]
      : []
  return {
    label: `export ${path}`,
    redacted: header.redacted,
    from: header.from,
    beginning: () => ({ seq: header.from - 1, hash, world: worldOf(header) }),
    records: () => recordsIn(path),
    snapshots: [],
    head: undefined,
    findings: [...unusable, ...reading.findings],
    notes: header.redacted ? ['redacted: its chain is its own, not that of the journal'] : [],
    stateHash: stateHash(reading.world),
  }
}
