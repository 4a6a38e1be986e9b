/** Before LevelDB opens and rewrites its files: examine them, cut a torn tail, or refuse. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { journalFolder } from '../forensic/directory-files.ts'
import { examine, Examination, type Depth, type Examined } from '../forensic/examination.ts'
import { isTolerable, type Finding } from '../forensic/finding.ts'
import { chainHash, genesisHash, sameHash } from '../record/hash-chain.ts'
import type { Head, StoredRecord } from '../store/journal-store.ts'
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

/** The records that continue the chain from the nonce on, read again from the files. */
function* provenPrefix(root: string, nonce: string): Generator<StoredRecord> {
  let head: Head = { seq: 0, hash: genesisHash(nonce) }
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

/** Reads the journal twice: once for the nonce, once for the newest record that can be proved. */
export const quarantine = async (
  root: string,
  findings: ReadonlyArray<Finding>,
): Promise<Quarantine> => {
  const { meta, anchor } = await examine(root, 'whole')
  const nonce = meta?.nonce ?? (anchor._tag === 'Anchor' ? anchor.anchor.nonce : undefined)
  const records = () => (nonce === undefined ? [] : provenPrefix(root, nonce))
  let head: Head | undefined
  for (const { seq, hash } of records()) head = { seq, hash }
  return { _tag: 'Quarantined', findings, head, records }
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
