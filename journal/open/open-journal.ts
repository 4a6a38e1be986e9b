/** The protocol of opening, reopening and closing a journal: ownership, evidence, fail-stop. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { ProcessIdentity } from '../../domain/identity.ts'
import type { ClockPort, EntropyPort, TimerPort } from '../../domain/ports/ambient-ports.ts'
import type { JournalHandle } from '../engine/journal-handle.ts'
import { journalFolder } from '../forensic/directory-files.ts'
import type { Finding } from '../forensic/finding.ts'
import { archiveFilesIn, bytesInFolder, type ArchiveFiles } from '../retention/archive-files.ts'
import { Archives } from '../retention/archives.ts'
import { withArchives } from '../retention/read-through-store.ts'
import type { DroppingStore, JournalStore } from '../store/journal-store.ts'
import { anchorWriter, type AnchorWriter } from './anchor-writer.ts'
import { defaultBallastBytes, ensureBallast, releaseBallast } from './ballast.ts'
import { formatFindings, knownFormat, readFormat, writeFormat } from './format-file.ts'
import { openPrepared, type OpenedStore } from './open-store.ts'
import { lockPath, type Ownership, type OwnershipLock } from './ownership.ts'
import { openRefusalText, type OpenRefusal } from './refusal.ts'
import { lacksSpace, storageFailed } from './storage-error.ts'
import type { TailCut } from './tail-cut.ts'
import { verifyChain, type ChainVerdict } from './verify-chain.ts'

export interface OpenOptions {
  /** The daemon's root; it exists. The journal is `<root>/journal`. */
  readonly root: string
  readonly identity: ProcessIdentity
  readonly lock: OwnershipLock
  readonly clock: ClockPort
  readonly timer: TimerPort
  readonly entropy: EntropyPort
  /** Default 64 MiB. */
  readonly ballastBytes?: number
  /** A write beside the journal (anchor, ballast) failed: proof or reserve is missing, not data. */
  readonly onSideError: (error: unknown) => void
}

export interface OpenJournal extends JournalHandle {
  /** Reads through the archives. */
  readonly store: () => DroppingStore
  readonly archives: ArchiveFiles
  /** What the database takes on disk. */
  readonly sizeBytes: () => Promise<number>
  /** Gives the space of dropped records back to the file system. */
  readonly reclaim: () => Promise<void>
  readonly nonce: string
  /** Torn tails that were cut, oldest first; the engine records each as `JournalTailCut`. */
  readonly cuts: () => ReadonlyArray<TailCut>
  /** What was found and could be lived with: torn tails, a missing or unreadable anchor. */
  readonly findings: () => ReadonlyArray<Finding>
  /** Reads every record against the chain, beside normal work. */
  readonly verifyAll: (signal: AbortSignal) => Promise<ChainVerdict>
  /** Anchor, store, lock, in this order. Idempotent. */
  readonly close: () => Promise<void>
}

const attempt = async <A>(
  run: () => Promise<Either<OpenRefusal, A>>,
): Promise<Either<OpenRefusal, A>> => {
  try {
    return await run()
  } catch (error) {
    return E.left(storageFailed(error))
  }
}

class Journal implements OpenJournal {
  readonly nonce: string
  readonly archives: ArchiveFiles
  readonly #options: OpenOptions
  readonly #ownership: Ownership
  readonly #anchor: AnchorWriter
  #opened: OpenedStore
  #store: DroppingStore
  #cuts: ReadonlyArray<TailCut>
  #findings: ReadonlyArray<Finding>
  #closed: Promise<void> | undefined

  constructor(
    options: OpenOptions,
    ownership: Ownership,
    opened: OpenedStore,
    format: ReadonlyArray<Finding>,
  ) {
    this.#options = options
    this.#ownership = ownership
    this.#opened = opened
    this.archives = archiveFilesIn(options.root)
    this.#store = this.#throughArchives(opened)
    this.nonce = opened.store.meta.nonce
    this.#cuts = opened.prepared.cuts
    this.#findings = [...format, ...opened.prepared.findings]
    this.#anchor = anchorWriter({
      ...options,
      nonce: this.nonce,
      head: () => this.#opened.store.head(),
      onError: options.onSideError,
    })
  }

  readonly store = (): DroppingStore => this.#store
  readonly sizeBytes = (): Promise<number> => bytesInFolder(join(this.#options.root, journalFolder))
  readonly reclaim = (): Promise<void> => this.#opened.store.reclaim()
  readonly cuts = (): ReadonlyArray<TailCut> => this.#cuts
  readonly findings = (): ReadonlyArray<Finding> => this.#findings
  readonly committed = (): void => this.#anchor.committed()

  /** The anchor is there before the first record, so that a missing one means something. */
  readonly begin = (): Promise<void> => this.#anchor.write()

  readonly replenish = (): Promise<boolean> =>
    ensureBallast(this.#options.root, this.#options.ballastBytes ?? defaultBallastBytes).catch(
      (error: unknown) => {
        this.#options.onSideError(error)
        return false
      },
    )

  readonly reopen = async (): Promise<Either<string, JournalStore>> => {
    const reopened = await attempt(() => this.#reopen())
    return E.isLeft(reopened) ? E.left(openRefusalText(reopened.left)) : reopened
  }

  readonly verifyAll = (signal: AbortSignal): Promise<ChainVerdict> =>
    verifyChain(this.store(), signal)

  readonly close = (): Promise<void> => {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #reopen(): Promise<Either<OpenRefusal, JournalStore>> {
    const acknowledged = this.#opened.store.head()
    await this.#opened.store.close()
    await releaseBallast(this.#options.root)
    const opened = await openPrepared(this.#options, acknowledged)
    if (E.isLeft(opened)) return opened
    this.#opened = opened.right
    this.#store = this.#throughArchives(opened.right)
    this.#cuts = [...this.#cuts, ...opened.right.prepared.cuts]
    this.#findings = [...this.#findings, ...opened.right.prepared.findings]
    return E.right(this.#store)
  }

  #throughArchives({ store }: OpenedStore): DroppingStore {
    return withArchives(store, new Archives(this.archives))
  }

  async #close(): Promise<void> {
    try {
      await this.#anchor.write().catch(this.#options.onSideError)
      await this.#anchor.stop()
      await this.#opened.store.close()
    } finally {
      await this.#ownership.release()
    }
  }
}

const opening = (options: OpenOptions): Promise<Either<OpenRefusal, OpenedStore>> =>
  attempt(() => openPrepared(options))

/** On a full disk the reserve is what lets the daemon start, so that something can be removed. */
const openWithReserve = async (options: OpenOptions): Promise<Either<OpenRefusal, OpenedStore>> => {
  const opened = await opening(options)
  if (E.isRight(opened) || opened.left._tag !== 'StorageFailed') return opened
  if (!lacksSpace(opened.left.errno)) return opened
  await releaseBallast(options.root)
  return opening(options)
}

const openOwned = async (
  options: OpenOptions,
  ownership: Ownership,
): Promise<Either<OpenRefusal, OpenJournal>> => {
  const format = formatFindings(options.root)
  const opened = await openWithReserve(options)
  if (E.isLeft(opened)) return opened
  try {
    if (readFormat(options.root)._tag !== 'Known') await writeFormat(options.root)
    const journal = new Journal(options, ownership, opened.right, format)
    await journal.begin()
    await journal.replenish()
    return E.right(journal)
  } catch (error) {
    await opened.right.store.close()
    throw error
  }
}

const newerFormat = (root: string): OpenRefusal | undefined => {
  const reading = readFormat(root)
  return reading._tag === 'Newer'
    ? { _tag: 'NewerFormat', found: reading.format, known: knownFormat }
    : undefined
}

/**
 * FORMAT, then the lock, then FORMAT again (its writer may just have left), then the evidence, then
 * LevelDB. Never rejects. After a `Left` the lock is free and nothing was written to the journal.
 */
export const openJournal = (options: OpenOptions): Promise<Either<OpenRefusal, OpenJournal>> =>
  attempt(async () => {
    const newer = newerFormat(options.root)
    if (newer !== undefined) return E.left(newer)
    const owned = await options.lock.acquire(lockPath(options.root), options.identity)
    if (E.isLeft(owned))
      return E.left(owned.left._tag === 'HeldBy' ? owned.left : storageFailed(owned.left.reason))
    const newerNow = newerFormat(options.root)
    const opened =
      newerNow === undefined
        ? await attempt(() => openOwned(options, owned.right))
        : E.left<OpenRefusal, OpenJournal>(newerNow)
    if (E.isLeft(opened)) await owned.right.release()
    return opened
  })
