/** Opens LevelDB on examined files and compares what it says with what the files said. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { EntropyPort } from '../../domain/ports/ambient-ports.ts'
import { journalFolder } from '../forensic/directory-files.ts'
import type { Finding } from '../forensic/finding.ts'
import { sameHash } from '../record/hash-chain.ts'
import type { Head } from '../store/journal-store.ts'
import { openLevelStore, type LevelStore } from '../store/level-store.ts'
import { JournalDamaged } from '../store/store-errors.ts'
import { causesOf, saysCorruption } from './storage-error.ts'
import { prepareDirectory, quarantine, type Prepared } from './prepare-directory.ts'
import type { OpenRefusal } from './refusal.ts'

export interface OpenedStore {
  readonly store: LevelStore
  readonly prepared: Prepared
}

export interface StorePlace {
  readonly root: string
  readonly entropy: EntropyPort
}

const stampBytes = 6
const nonceBytes = 16

const contradiction = (detail: string): Finding => ({
  kind: 'wrong-head',
  file: journalFolder,
  offset: 0,
  sizeBytes: 0,
  detail,
})

/** Two readers of the same bytes: a difference between them is itself a finding. */
const contradictions = (store: LevelStore, examined: Head | undefined): ReadonlyArray<Finding> => {
  const head = store.head()
  const agrees =
    examined === undefined
      ? head.seq === 0
      : head.seq === examined.seq && sameHash(head.hash, examined.hash)
  const both = `LevelDB ends at record ${head.seq}, the files at ${examined?.seq ?? 0}`
  return [
    ...(agrees ? [] : [contradiction(both)]),
    ...store.complaints.map((line) => contradiction(`LevelDB says: ${line}`)),
  ]
}

/** Records between the newest snapshot and what the examination covered, which replay will use. */
const checkReplayed = async (store: LevelStore, prepared: Prepared): Promise<void> => {
  const snapshot = await store.latestSnapshot()
  const from = (snapshot?.seq ?? 0) + 1
  const checkedFrom = prepared.examined.checkedFrom ?? from
  if (from < checkedFrom) for await (const _ of store.read(from, checkedFrom)) void _
}

const damaged = (error: unknown): ReadonlyArray<Finding> => {
  if (!(error instanceof JournalDamaged) && !saysCorruption(error)) throw error
  const detail = causesOf(error).join(': ')
  return [{ kind: 'bad-chain', file: journalFolder, offset: 0, sizeBytes: 0, detail }]
}

const opening = async (
  place: StorePlace,
  prepared: Prepared,
): Promise<Either<ReadonlyArray<Finding>, LevelStore>> => {
  let store: LevelStore | undefined
  try {
    store = await openLevelStore({
      directory: join(place.root, journalFolder),
      newNonce: () => place.entropy.hex(nonceBytes),
    })
    await checkReplayed(store, prepared)
    const found = contradictions(store, prepared.examined.head)
    if (found.length === 0) return E.right(store)
    await store.close()
    return E.left(found)
  } catch (error) {
    await store?.close()
    return E.left(damaged(error))
  }
}

/** `acknowledged`: the head before a reopening. Rejects with the kernel's or LevelDB's error. */
export const openPrepared = async (
  place: StorePlace,
  acknowledged?: Head,
): Promise<Either<OpenRefusal, OpenedStore>> => {
  const stamp = place.entropy.hex(stampBytes)
  const prepared = await prepareDirectory({ root: place.root, depth: 'tail', stamp, acknowledged })
  if (E.isLeft(prepared)) return prepared
  const opened = await opening(place, prepared.right)
  return E.isLeft(opened)
    ? E.left(await quarantine(place.root, opened.left))
    : E.right({ store: opened.right, prepared: prepared.right })
}
