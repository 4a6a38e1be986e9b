/** The auditor's look at archives: whole, in one chain, and as the journal's events name them. */
import * as E from 'fp-ts/lib/Either.js'
import { errnoOf } from '../forensic/directory-files.ts'
import type { Finding, FindingKind } from '../forensic/finding.ts'
import { eventOfEnvelope } from '../engine/feed.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { sameHash } from '../record/hash-chain.ts'
import type { Head, StoredRecord } from '../store/journal-store.ts'
import { JournalDamaged } from '../store/store-errors.ts'
import { archiveFilesIn, type ArchiveFiles } from './archive-files.ts'
import { turn } from './archive-fold.ts'
import { archiveFolder, archiveName, type RecordRange } from './archive-name.ts'
import { Archives, sha256Of } from './archives.ts'

const sliceRecords = 1_000

/** What records say about archives, followed oldest first. */
export class ArchiveEvents {
  readonly #said: Array<{ readonly file: string; readonly sha256: string | undefined }> = []

  follow({ bytes }: Pick<StoredRecord, 'bytes'>): void {
    // Few records speak of archives: the rest is not worth decoding.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    if (!text.includes('"kind":"JournalArchi')) return
    const envelope = decodeEnvelope(bytes)
    const event = E.isRight(envelope) ? eventOfEnvelope(envelope.right)?.event : undefined
    if (event?._tag === 'JournalArchived')
      this.#said.push({ file: event.file, sha256: event.sha256 })
    if (event?._tag === 'JournalArchiveDeleted')
      this.#said.push({ file: event.file, sha256: undefined })
  }

  /** SHA-256 of each archive that must be there, by its name, when `later` came after these. */
  expected(later: ArchiveEvents): ReadonlyMap<string, string> {
    const expected = new Map<string, string>()
    for (const { file, sha256 } of [...this.#said, ...later.#said])
      if (sha256 === undefined) expected.delete(file)
      else expected.set(file, sha256)
    return expected
  }
}

export interface ArchivesVerdict {
  /** Undefined where there are no archives. */
  readonly range: RecordRange | undefined
  readonly records: number
  readonly findings: ReadonlyArray<Finding>
}

const found = (kind: FindingKind, name: string, detail: string): Finding => ({
  kind,
  file: name === '' ? archiveFolder : `${archiveFolder}/${name}`,
  offset: 0,
  sizeBytes: 0,
  detail,
})

/** Kernel errors are findings as well: what cannot be read proves nothing. */
const findingOf = (name: string, error: unknown): Finding => {
  if (error instanceof JournalDamaged) return found('bad-chain', name, error.message)
  const errno = errnoOf(error)
  if (errno === undefined) throw error
  return found('unreadable', name, errno)
}

class ArchivesCheck {
  readonly findings: Array<Finding> = []
  readonly #archives: Archives
  readonly #files: ArchiveFiles
  readonly #events = new ArchiveEvents()
  records = 0
  range: RecordRange | undefined
  #last: Head | undefined

  constructor(root: string) {
    this.#files = archiveFilesIn(root)
    this.#archives = new Archives(this.#files)
  }

  /** Every record of every archive that the journal relies on. */
  async chain(base: Head): Promise<void> {
    for (const range of await this.#archives.ranges())
      if (range.from <= base.seq) await this.#one(range)
    const last = this.#last
    if (last === undefined || last.seq < base.seq)
      this.findings.push(found('missing-file', '', `no archive holds record ${base.seq}`))
    else if (last.hash.length > 0 && !sameHash(last.hash, base.hash))
      this.findings.push(found('bad-chain', '', `the archives do not lead to record ${base.seq}`))
  }

  /** The files are those that were made: also one with a chain of its own is told from them. */
  async named(journal: ArchiveEvents): Promise<void> {
    const names = new Set(await this.#files.list())
    for (const [name, sha256] of this.#events.expected(journal)) {
      if (!names.has(name)) {
        this.findings.push(found('missing-file', name, 'the journal names this archive'))
        continue
      }
      if (sha256Of(await this.#files.read(name)) !== sha256)
        this.findings.push(found('bad-record', name, 'it is not the file that was made'))
    }
  }

  async #one(range: RecordRange): Promise<void> {
    const name = archiveName(range)
    const last = this.#last
    if (last !== undefined && range.from !== last.seq + 1)
      this.findings.push(found('hole', name, `record ${range.from} follows record ${last.seq}`))
    // A damaged one proves nothing about its end; that it is damaged is a finding already.
    this.#last = { seq: range.to, hash: new Uint8Array() }
    try {
      const content = await this.#archives.load(range)
      if (last?.seq === range.from - 1 && !sameHash(last.hash, content.start.previous))
        this.findings.push(found('bad-chain', name, 'it does not continue the one before it'))
      for (const record of content.records()) {
        this.#events.follow(record)
        this.records += 1
        if (record.seq % sliceRecords === 0) await turn()
      }
      this.#last = content.head
    } catch (error) {
      this.findings.push(findingOf(name, error))
    }
    this.range = { from: this.range?.from ?? range.from, to: range.to }
  }
}

/**
 * `base`: the newest dropped record; undefined: none was. `journal`: what the records of the
 * journal itself, all behind the base, say of archives. Everything is read.
 */
export const verifyArchives = async (
  root: string,
  base: Head | undefined,
  journal: ArchiveEvents,
): Promise<ArchivesVerdict> => {
  const check = new ArchivesCheck(root)
  if (base !== undefined) await check.chain(base)
  await check.named(journal)
  return { range: check.range, records: check.records, findings: check.findings }
}
