/**
 * Lets the oldest records leave the journal for archives, step by step (journal.md B3.9).
 *
 * For a range: its records are written to a file under a temporary name, synced, renamed, the
 * folder synced; the file is read back and folded; an event of the engine says that the range is
 * archived; when that is durable, one batch drops the records and makes the fold the base; then the
 * space is given back. A crash leaves the records in the journal, in an archive that the journal
 * names, or in both; a file that no event names does not count and is removed. Nothing is ever
 * lost: what an object did stays readable, in the journal or in archives, as long as it is there.
 *
 * The journal itself is kept small. How much of the past stays is a matter of the archives: the
 * oldest is deleted, by an event of its own, when archives are beyond a limit (the age counts from
 * when it was made) and no container, image or layer that is there has a record in it. So what is
 * kept is one piece, and the newest archive always stays.
 */
import type { EngineCommand } from '../../domain/engine/commands.ts'
import type { ArchiveFact } from '../../domain/engine/state.ts'
import type { World } from '../fold/world.ts'
import { takeSnapshot } from '../fold/world-snapshot.ts'
import { hexOfHash, sameHash } from '../record/hash-chain.ts'
import type { DroppingStore } from '../store/journal-store.ts'
import { JournalDamaged } from '../store/store-errors.ts'
import type { ArchiveFiles } from './archive-files.ts'
import { envelopesOf, foldArchive, isLive, turn, worldAtBase } from './archive-fold.ts'
import { ArchiveText, type ArchiveContent, type ArchiveStart } from './archive-format.ts'
import { archiveName, type RecordRange } from './archive-name.ts'
import { Archives, packed, sha256Of } from './archives.ts'
import { nextRange, type RetentionLimits } from './retention-limits.ts'
import { strayNames } from './stray-files.ts'

export interface RetentionParts {
  /** The present store, reading through the archives. */
  readonly store: () => DroppingStore
  readonly files: ArchiveFiles
  /** Of the journal's genesis. */
  readonly nonce: string
  /** The durable fold. */
  readonly world: () => World
  /** True: its event is durable, or was before. */
  readonly record: (command: EngineCommand) => Promise<boolean>
  /** What the journal takes on disk. */
  readonly journalBytes: () => Promise<number>
  /** Gives the space of dropped records back. */
  readonly reclaim: () => Promise<void>
  readonly limits: RetentionLimits
  readonly journalLimitBytes: number
  readonly archiveBytes: number
  readonly requestMemoryMs: number
  readonly wallMs: () => number
}

export interface RetentionReport {
  readonly archived: ReadonlyArray<RecordRange>
  readonly deleted: ReadonlyArray<RecordRange>
}

const sliceRecords = 500

/** A pass makes at most so many archives; the next pass goes on. */
const mostPerPass = 64

export class Retention {
  readonly #parts: RetentionParts
  readonly #archives: Archives
  /** A stream that lives and has records in the oldest archive: it need not be read again. */
  #claim: { readonly file: string; readonly stream: string } | undefined

  constructor(parts: RetentionParts) {
    this.#parts = parts
    this.#archives = new Archives(parts.files)
  }

  /**
   * One pass, which ends at its next step once `isStopped` says so. Rejects where files or the
   * store fail; whatever was begun is finished by the next pass.
   */
  async run(isStopped: () => boolean = () => false): Promise<RetentionReport> {
    const archived: Array<RecordRange> = []
    const deleted: Array<RecordRange> = []
    await this.#finish()
    await this.#removeStrays()
    while (archived.length < mostPerPass && !isStopped()) {
      const range = await this.#archiveNext()
      if (range === undefined) break
      archived.push(range)
    }
    while (!isStopped()) {
      const fact = await this.#expired()
      if (fact === undefined || !(await this.#delete(fact))) break
      deleted.push({ from: fact.from, to: fact.to })
    }
    return { archived, deleted }
  }

  get #facts(): ReadonlyArray<ArchiveFact> {
    return this.#parts.world().engine().archives
  }

  /** The journal says that a range is archived, but a crash came before it was dropped. */
  async #finish(): Promise<void> {
    const { seq } = await this.#parts.store().base()
    for (const fact of this.#facts)
      if (fact.to > seq) await this.#drop(await this.#archives.load(fact))
  }

  async #removeStrays(): Promise<void> {
    const { files, store } = this.#parts
    const { seq } = await store().base()
    const strays = strayNames(await files.list(), this.#facts, seq)
    for (const name of strays) await files.remove(name)
    if (strays.length > 0) await files.syncNames()
  }

  async #archiveNext(): Promise<RecordRange | undefined> {
    const parts = this.#parts
    const store = parts.store()
    const { seq } = await store.base()
    const range = await nextRange(store.read(seq + 1), {
      ...parts,
      journalBytes: await parts.journalBytes(),
      wallMs: parts.wallMs(),
    })
    if (range === undefined || range.from !== seq + 1) return undefined
    const bytes = await this.#write(store, range)
    const content = await this.#readBack(store, range, bytes)
    if (!(await this.#record(content, bytes))) return undefined
    await this.#drop(content)
    await parts.reclaim()
    return range
  }

  async #write(store: DroppingStore, range: RecordRange): Promise<Uint8Array> {
    const { files } = this.#parts
    const text = new ArchiveText(await this.#start(store, range))
    for await (const record of store.read(range.from, range.to)) {
      text.record(record)
      if (record.seq % sliceRecords === 0) await turn()
    }
    const bytes = await packed(text.close())
    const name = archiveName(range)
    await files.stage(name, bytes)
    await files.publish(name)
    await files.syncNames()
    return bytes
  }

  async #start(store: DroppingStore, range: RecordRange): Promise<ArchiveStart> {
    const { hash } = await store.base()
    const { world, lastWallMs } = await worldAtBase(store)
    const state = range.from === 1 ? undefined : takeSnapshot(world, lastWallMs)
    return { ...range, nonce: this.#parts.nonce, previous: hash, state }
  }

  /** What counts is what the disk gives back. */
  async #readBack(
    store: DroppingStore,
    range: RecordRange,
    written: Uint8Array,
  ): Promise<ArchiveContent> {
    const read = await this.#parts.files.read(archiveName(range))
    if (sha256Of(read) !== sha256Of(written))
      throw new JournalDamaged(range.from, 'the archive is not what was written')
    const content = await this.#archives.load(range)
    for await (const { hash } of store.read(range.to, range.to))
      if (sameHash(hash, content.head.hash)) return content
    throw new JournalDamaged(range.to, 'the archive does not end with it')
  }

  #record({ start, head }: ArchiveContent, bytes: Uint8Array): Promise<boolean> {
    return this.#parts.record({
      _tag: 'RecordJournalArchived',
      from: start.from,
      to: start.to,
      hash: hexOfHash(head.hash),
      file: archiveName(start),
      sizeBytes: bytes.length,
      sha256: sha256Of(bytes),
    })
  }

  async #drop(content: ArchiveContent): Promise<void> {
    const store = this.#parts.store()
    const base = await store.base()
    if (!sameHash(base.hash, content.start.previous))
      throw new JournalDamaged(content.start.from, 'the archive does not continue the base')
    await store.dropThrough(await foldArchive(content, await worldAtBase(store)))
  }

  /** The oldest archive, if it may go. */
  async #expired(): Promise<ArchiveFact | undefined> {
    const { limits, wallMs, world } = this.#parts
    const [oldest, ...younger] = this.#facts
    if (oldest === undefined || younger.length === 0) return undefined
    const sizeBytes = this.#facts.reduce((sum, fact) => sum + fact.sizeBytes, 0)
    const isTooOld = limits.ageMs !== null && wallMs() - oldest.wallMs > limits.ageMs
    const isTooMuch = limits.sizeBytes !== null && sizeBytes > limits.sizeBytes
    if (!isTooOld && !isTooMuch) return undefined
    const claim = this.#claim
    if (claim?.file === oldest.file && isLive(world(), claim.stream)) return undefined
    return (await this.#isClaimed(oldest)) ? undefined : oldest
  }

  async #isClaimed(fact: ArchiveFact): Promise<boolean> {
    for await (const { stream } of envelopesOf(await this.#archives.load(fact))) {
      if (!isLive(this.#parts.world(), stream)) continue
      this.#claim = { file: fact.file, stream }
      return true
    }
    return false
  }

  /** The event comes first: a file that outlives a crash is a stray of the next pass. */
  async #delete(fact: ArchiveFact): Promise<boolean> {
    const { files, record } = this.#parts
    if (!(await record({ _tag: 'RecordArchiveDeleted', file: fact.file }))) return false
    await files.remove(fact.file)
    await files.syncNames()
    return true
  }
}
