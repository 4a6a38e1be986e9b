/** Before LevelDB opens and rewrites its files: examine them, cut a torn tail, or refuse. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { journalFolder } from '../forensic/directory-files.ts'
import { examine, Examination, type Depth, type Examined } from '../forensic/examination.ts'
import { isTolerable, type Finding } from '../forensic/finding.ts'
import { chainHash, genesisHash, sameHash } from '../record/hash-chain.ts'
import { archiveFilesIn } from '../retention/archive-files.ts'
import { Archives } from '../retention/archives.ts'
import type { Base, Head, StoredRecord } from '../store/journal-store.ts'
import { JournalDamaged } from '../store/store-errors.ts'
import type { Quarantine } from './refusal.ts'
import { cutTail, setAside, type TailCut } from './tail-cut.ts'

export interface Prepared {
  readonly examined: Examined
  readonly cuts: ReadonlyArray<TailCut>
  /** Tolerable findings, the cut tails among them. */
  readonly findings: ReadonlyArray<Finding>
}

export interface Preparing {
  readonly root: string
  readonly depth: Depth
  /** Unique part of the names of what is put aside. */
  readonly stamp: string
  /** What this process had acknowledged before; a reopening must find it. */
  readonly acknowledged?: Head | undefined
}

/** The records that continue the chain from `start` on, read again from the files. */
function* provenPrefix(root: string, start: Head): Generator<StoredRecord> {
  let head = start
  for (const record of new Examination(root, 'whole').records()) {
    // Obsolete files, which only a lost MANIFEST brings up, repeat what came before.
    if (record.seq <= head.seq) continue
    const continues =
      record.seq === head.seq + 1 && sameHash(record.hash, chainHash(head.hash, record.bytes))
    if (!continues) return
    yield record
    head = record
  }
}

/** Where the entry of the base is lost with a damaged file, the archives show where they end. */
const endOfArchives = async (root: string): Promise<Base | undefined> => {
  const archives = new Archives(archiveFilesIn(root))
  for (const range of [...(await archives.ranges())].reverse())
    try {
      const { head } = await archives.load(range)
      return { ...head, state: undefined }
    } catch (error) {
      // A damaged archive is the auditor's finding; an older one may still prove something.
      if (!(error instanceof JournalDamaged)) throw error
    }
  return undefined
}

/** Reads the journal twice: once for the nonce, once for the newest record that can be proved. */
export const quarantine = async (
  root: string,
  findings: ReadonlyArray<Finding>,
): Promise<Quarantine> => {
  const { meta, anchor, checkedFrom, ...examined } = await examine(root, 'whole')
  const isCut = examined.base === undefined && checkedFrom !== 1
  const base = isCut ? await endOfArchives(root) : examined.base
  const nonce = meta?.nonce ?? (anchor._tag === 'Anchor' ? anchor.anchor.nonce : undefined)
  const start = base ?? (nonce === undefined ? undefined : { seq: 0, hash: genesisHash(nonce) })
  const records = () => (start === undefined ? [] : provenPrefix(root, start))
  let head: Head | undefined = base
  for (const { seq, hash } of records()) head = { seq, hash }
  return { _tag: 'Quarantined', findings, head, base, records }
}

/** A creation that a power cut interrupted: nothing was acknowledged, so nothing can be lost. */
const isUnfinishedCreation = (examined: Examined): boolean =>
  examined.holdsNothing && examined.anchor._tag === 'NoAnchor'

const lostAcknowledged = (
  examined: Examined,
  acknowledged: Head | undefined,
): ReadonlyArray<Finding> => {
  const seq = examined.head?.seq ?? 0
  if (acknowledged === undefined || acknowledged.seq <= seq) return []
  const detail = `it ends at record ${seq}, but record ${acknowledged.seq} was acknowledged`
  return [{ kind: 'lost-tail', file: journalFolder, offset: 0, sizeBytes: 0, detail }]
}

const cutAll = async (
  { root, stamp }: Preparing,
  torn: ReadonlyArray<Finding>,
): Promise<ReadonlyArray<TailCut>> => {
  const cuts: Array<TailCut> = []
  for (const finding of torn) cuts.push(await cutTail(root, finding, stamp))
  return cuts
}

/** Rejects with the kernel's error where files cannot be read or a tail cannot be put aside. */
export const prepareDirectory = async (
  preparing: Preparing,
): Promise<Either<Quarantine, Prepared>> => {
  const { root, depth, stamp, acknowledged } = preparing
  const examined = await examine(root, depth)
  const findings = [...examined.findings, ...lostAcknowledged(examined, acknowledged)]
  if (findings.every(isTolerable)) {
    const cuts = await cutAll(
      preparing,
      findings.filter((f) => f.kind === 'torn-tail'),
    )
    return E.right({ examined, cuts, findings })
  }
  if (!isUnfinishedCreation(examined)) return E.left(await quarantine(root, findings))
  await setAside(root, journalFolder, stamp)
  return E.right({ examined: await examine(root, depth), cuts: [], findings })
}
