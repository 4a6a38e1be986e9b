/** A daemon's directory as a source: archives and journal as one history; nothing is written. */
import { join } from 'node:path'
import type { Beginning } from '../audit/record-check.ts'
import type { AuditFinding } from '../audit/verdict.ts'
import { restoreSnapshot } from '../fold/world-snapshot.ts'
import { readAnchor } from '../forensic/anchor-file.ts'
import { journalFolder, readDirectory } from '../forensic/directory-files.ts'
import { logEntries, tableEntries, type PlacedEntry } from '../forensic/file-entries.ts'
import type { Finding } from '../forensic/finding.ts'
import type { TableFact } from '../forensic/manifest.ts'
import { verifyDirectory } from '../forensic/verify.ts'
import { genesisHash, hashOfHex } from '../record/hash-chain.ts'
import { archiveFolder } from '../retention/archive-name.ts'
import { readWholeHistory, type WholeHistory } from '../retention/whole-history.ts'
import type { Base, Snapshot } from '../store/journal-store.ts'
import { endOf, meaningOf } from '../store/keys.ts'
import { decodeMeta, decodeSnapshot } from '../store/stored-values.ts'
import { journalAlone } from './journal-alone.ts'
import type { JournalSource } from './source.ts'

/** What lies beside the records: the newest value of each key. */
interface Beside {
  readonly nonce: string | undefined
  readonly snapshots: ReadonlyArray<Snapshot>
}

/** Records come before everything else in the order of the keys. */
const mayHoldSide = ({ largest }: TableFact): boolean => Buffer.compare(largest, endOf('e')) >= 0

const isSide = (entry: PlacedEntry): boolean => {
  const { _tag } = meaningOf(entry.key)
  return _tag === 'snapshot' || _tag === 'meta'
}

const newestSide = (root: string): ReadonlyArray<PlacedEntry> => {
  const directory = join(root, journalFolder)
  const { tables, logs } = readDirectory(directory)
  const newest = new Map<string, PlacedEntry>()
  const files = [
    ...tables.filter(mayHoldSide).map((table) => tableEntries(directory, table)),
    ...logEntries(directory, logs),
  ]
  for (const entry of files.flatMap((file) => file.entries.filter(isSide))) {
    const key = entry.key.toString('latin1')
    const known = newest.get(key)
    if (known === undefined || known.order < entry.order) newest.set(key, entry)
  }
  return [...newest.values()]
}

const snapshotOf = ({ key, value }: PlacedEntry): ReadonlyArray<Snapshot> => {
  const meaning = meaningOf(key)
  if (meaning._tag !== 'snapshot' || value === undefined) return []
  const snapshot = decodeSnapshot(meaning.seq, value)
  return snapshot === undefined ? [] : [snapshot]
}

const besideOf = (root: string): Beside => {
  const entries = newestSide(root)
  const meta = entries.find((e) => meaningOf(e.key)._tag === 'meta')?.value
  const anchor = readAnchor(root)
  return {
    nonce:
      (meta === undefined ? undefined : decodeMeta(meta)?.nonce) ??
      (anchor._tag === 'Anchor' ? anchor.anchor.nonce : undefined),
    snapshots: entries.flatMap(snapshotOf),
  }
}

const beginningOf = (nonce: string | undefined, start: Base | undefined): Beginning => {
  if (start === undefined) {
    const hash = nonce === undefined ? undefined : genesisHash(nonce)
    return { seq: 0, hash, world: undefined }
  }
  const restored = start.state === undefined ? undefined : restoreSnapshot(start.state)
  return { seq: start.seq, hash: start.hash, world: restored?.world }
}

const auditFinding = (f: Finding): AuditFinding => ({
  check: 'files',
  subject: `${f.file}: offset ${f.offset}`,
  detail: `${f.kind}: ${f.detail}`,
})

interface Part extends Pick<WholeHistory, 'start' | 'records'> {
  readonly notes: ReadonlyArray<string>
}

/** Damaged archives are findings; the journal itself is read all the same, from its base on. */
const readablePart = async (
  root: string,
  snapshots: ReadonlyArray<Snapshot>,
  findings: ReadonlyArray<Finding>,
): Promise<Part> => {
  if (findings.some((f) => f.file.startsWith(archiveFolder))) {
    const notes = ['the archives are damaged: only what the journal itself holds is read']
    return { ...journalAlone(root, snapshots), notes }
  }
  const history = await readWholeHistory(root)
  return history === undefined
    ? { ...journalAlone(root, snapshots), notes: [] }
    : { start: history.start, records: history.records, notes: [] }
}

/**
 * `path`: a daemon's root or the journal folder in it. Undefined: it is neither. Rejects with the
 * kernel's error where the files cannot be read.
 */
export const directoryJournal = async (
  path: string,
): Promise<(JournalSource & { readonly root: string }) | undefined> => {
  const verdict = await verifyDirectory(path)
  if (verdict === undefined) return undefined
  const { root, head } = verdict
  const { nonce, snapshots } = besideOf(root)
  const { start, records, notes } = await readablePart(root, snapshots, verdict.findings)
  const hash = head === undefined ? undefined : hashOfHex(head.hash)
  return {
    root,
    label: `journal of ${root}`,
    beginning: () => beginningOf(nonce, start),
    records,
    snapshots,
    head: head === undefined || hash === undefined ? undefined : { seq: head.seq, hash },
    findings: verdict.findings.map(auditFinding),
    notes: [...verdict.notes, ...notes],
  }
}
