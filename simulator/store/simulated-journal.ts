/**
 * The simulator's journal: the interface of `memoryJournal` on a disk that can lose power (K2), be
 * damaged, and refuse calls (K3).
 *
 * In place of `memoryJournal(options)`:
 * - `open`, `crash`, `records`, and the options `nonce`, `gate`, `fault` are the same. `open`
 *   throws `JournalRefused` where a daemon would start in quarantine, and the disk's `DiskError`;
 *   `tryOpen` answers both as values.
 * - `powerCut(model, chance)` ends the live handle and lets the disk keep what the model grants;
 *   the next `open` examines the files by the rules of `journal/forensic`, cuts a torn tail
 *   (`cuts`) or refuses.
 * - `options.disk` is asked before each call to the disk: it may fail, lie, or lose the power.
 *   Then `open` throws `PowerLost`, or an append never settles and `lostPower()` is true:
 *   `powerCut` must follow.
 * - `reopen` is the fail-stop's: what was acknowledged on the handle before must be there.
 * - `steal` is a second owner that writes while the first goes on; `damage.ts` damages files.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { anchorName, anchorText } from '../../journal/forensic/anchor-file.ts'
import { findingText, isTolerable, type Finding } from '../../journal/forensic/finding.ts'
import { metaKey } from '../../journal/store/keys.ts'
import type { Head, JournalStore, StoredRecord } from '../../journal/store/journal-store.ts'
import type { MemoryJournal, MemoryJournalOptions } from '../../journal/store/memory-store.ts'
import { encodeMeta, journalVersion } from '../../journal/store/stored-values.ts'
import { Content, contentOf, folder } from './content.ts'
import { SimulatedDatabase } from './database.ts'
import { DiskError, SimulatedDisk, type DiskFault, type DiskOperation } from './disk.ts'
import { examineFiles, type ExaminedDisk } from './examine-disk.ts'
import type { Chance, PowerModel } from './power-models.ts'
import { headOf, SimulatedStore } from './simulated-store.ts'

export interface SimulatedJournalOptions extends MemoryJournalOptions {
  readonly disk?: (operation: DiskOperation) => DiskFault | undefined
  /** Size at which a log becomes a table; default 256 KiB (LevelDB store: 16 MiB). */
  readonly writeBufferBytes?: number
  /** The anchor follows every so many appends; default 1; 0: never after the opening. */
  readonly anchorEvery?: number
}

export interface JournalCut {
  readonly file: string
  readonly offset: number
  readonly bytes: number
}

/** Damage that no start may touch: what the daemon's quarantine shows. */
export class JournalRefused extends Error {
  override readonly name = 'JournalRefused'
  constructor(
    readonly findings: ReadonlyArray<Finding>,
    readonly proven: ReadonlyArray<StoredRecord>,
  ) {
    super(findings.map(findingText).join('; '))
  }
}

export interface SimulatedJournal extends MemoryJournal {
  readonly open: () => JournalStore
  readonly tryOpen: () => Either<JournalRefused | DiskError, JournalStore>
  readonly reopen: () => Either<string, JournalStore>
  readonly powerCut: (model: PowerModel, chance: Chance) => void
  /** The power went inside a call of the live handle. */
  readonly lostPower: () => boolean
  readonly steal: () => JournalStore
  /** Torn tails that were cut since the journal was made, oldest first. */
  readonly cuts: () => ReadonlyArray<JournalCut>
  /** What the examinations found and could be lived with, oldest first. */
  readonly findings: () => ReadonlyArray<Finding>
  /** Anchors that could not be written: proof is missing, not data. */
  readonly sideErrors: () => ReadonlyArray<DiskError>
  /** An audit of the files as they are now. */
  readonly examine: () => ExaminedDisk
  /** The disk, for damage and for audits; damage it only between handles. */
  readonly disk: SimulatedDisk
  /** Must be called after changing files of `disk` by hand. */
  readonly distrust: () => void
}

const defaultWriteBufferBytes = 256 * 1024

class Journal {
  readonly disk: SimulatedDisk
  readonly cuts: Array<JournalCut> = []
  readonly findings: Array<Finding> = []
  readonly sideErrors: Array<DiskError> = []
  lostPower = false
  readonly #options: SimulatedJournalOptions
  #content = new Content()
  /** What memory knows may not be what the disk holds. */
  #suspect = false
  #live: SimulatedStore | undefined
  #appends = 0

  constructor(options: SimulatedJournalOptions) {
    this.#options = options
    this.disk = new SimulatedDisk(options.disk)
  }

  open(acknowledged?: Head): JournalStore {
    this.#live?.die(() => false)
    this.#live = undefined
    if (this.disk.takeFaulty() || this.#suspect) this.#examineAndCut(acknowledged)
    this.#live = this.#handle(this.#content)
    return this.#live
  }

  reopen(): Either<string, JournalStore> {
    const acknowledged = this.#live?.head()
    const opened = this.attempt(() => this.open(acknowledged))
    return E.isLeft(opened) ? E.left(opened.left.message) : opened
  }

  attempt(open: () => JournalStore): Either<JournalRefused | DiskError, JournalStore> {
    try {
      return E.right(open())
    } catch (error) {
      if (error instanceof JournalRefused || error instanceof DiskError) return E.left(error)
      throw error
    }
  }

  crash(keepInFlight: () => boolean): void {
    this.#live?.die(keepInFlight)
    this.#live = undefined
  }

  powerCut(model: PowerModel, chance: Chance): void {
    this.#live?.die()
    this.#live = undefined
    this.disk.powerCut(model, chance)
    this.lostPower = false
    this.#suspect = true
  }

  steal(): JournalStore {
    this.#suspect = true
    return this.#handle(contentOf(this.disk))
  }

  distrust(): void {
    this.#suspect = true
  }

  examine(): ExaminedDisk {
    return examineFiles(this.disk.files(), this.#options.nonce)
  }

  records(): ReadonlyArray<StoredRecord> {
    return this.#suspect ? this.examine().proven : [...this.#content.records]
  }

  /** As `prepareDirectory` does: a torn tail is cut, an unfinished creation set aside. */
  #examineAndCut(acknowledged: Head | undefined): void {
    this.#suspect = true
    const examined = this.examine()
    const findings = [...examined.findings, ...lostAcknowledged(examined, acknowledged)]
    if (findings.every(isTolerable)) for (const torn of findings) this.#cut(torn)
    else if (examined.holdsNothing && examined.anchor._tag === 'NoAnchor') this.#setAside()
    else throw new JournalRefused(findings, examined.proven)
    this.findings.push(...findings)
    this.#content = contentOf(this.disk)
    this.#suspect = false
  }

  #cut({ kind, file, offset }: Finding): void {
    if (kind !== 'torn-tail') return
    const bytes = (this.disk.read(file)?.length ?? 0) - offset
    this.disk.truncate(file, offset)
    this.cuts.push({ file, offset, bytes })
  }

  #setAside(): void {
    for (const name of this.disk.names(folder)) this.disk.unlink(`${folder}/${name}`)
    this.disk.syncDirectory(folder)
  }

  #handle(content: Content): SimulatedStore {
    const { nonce, writeBufferBytes, gate, fault } = this.#options
    // A call that fails leaves half of an opening behind.
    this.#suspect = true
    const database = new SimulatedDatabase(
      this.disk,
      content,
      writeBufferBytes ?? defaultWriteBufferBytes,
    )
    const meta = { version: journalVersion, nonce, epoch: content.epoch + 1 }
    database.begin([{ key: metaKey, value: encodeMeta(meta) }])
    database.finish()
    this.#writeAnchor(headOf(content, nonce))
    this.#suspect = content !== this.#content
    return new SimulatedStore({
      ...{ nonce, content, database },
      gate: () => gate?.() ?? Promise.resolve(),
      fault: () => {
        this.#appends += 1
        return fault?.(this.#appends)
      },
      committed: (head) => this.#committed(head),
      powerLost: () => void (this.lostPower = true),
    })
  }

  #committed(head: Head): void {
    const every = this.#options.anchorEvery ?? 1
    if (every === 0 || this.#appends % every !== 0) return
    try {
      this.#writeAnchor(head)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.sideErrors.push(error)
    }
  }

  #writeAnchor(head: Head): void {
    const staged = `${anchorName}.new`
    const file = this.disk.create(staged)
    const anchor = { ...head, nonce: this.#options.nonce, boot: 'simulated' }
    this.disk.write(file, Buffer.from(anchorText(anchor)))
    this.disk.sync(file)
    this.disk.rename(staged, anchorName)
    this.disk.syncDirectory('')
  }
}

const lostAcknowledged = (
  examined: ExaminedDisk,
  acknowledged: Head | undefined,
): ReadonlyArray<Finding> => {
  const seq = examined.head?.seq ?? 0
  if (acknowledged === undefined || acknowledged.seq <= seq) return []
  const detail = `it ends at record ${seq}, but record ${acknowledged.seq} was acknowledged`
  return [{ kind: 'lost-tail', file: folder, offset: 0, sizeBytes: 0, detail }]
}

/** Deterministic like `memoryJournal`: microtasks, the owner's gate and the owner's chance only. */
export const simulatedJournal = (options: SimulatedJournalOptions): SimulatedJournal => {
  const journal = new Journal(options)
  return {
    disk: journal.disk,
    open: () => journal.open(),
    tryOpen: () => journal.attempt(() => journal.open()),
    reopen: () => journal.reopen(),
    crash: (keepInFlight) => journal.crash(keepInFlight),
    powerCut: (model, chance) => journal.powerCut(model, chance),
    lostPower: () => journal.lostPower,
    steal: () => journal.steal(),
    distrust: () => journal.distrust(),
    examine: () => journal.examine(),
    records: () => journal.records(),
    cuts: () => journal.cuts,
    findings: () => journal.findings,
    sideErrors: () => journal.sideErrors,
  }
}
