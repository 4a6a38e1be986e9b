/** The auditor's verdict on a daemon's root or its journal directory; it writes nothing. */
import { hexOfHash } from '../record/hash-chain.ts'
import { formatFindings } from '../open/format-file.ts'
import {
  ArchiveEvents,
  verifyArchives,
  type ArchivesVerdict,
} from '../retention/verify-archives.ts'
import { examine, type Examined } from './examination.ts'
import type { Finding } from './finding.ts'
import { liveHolder } from './holder.ts'
import { rootOf } from './root-of.ts'

export interface Verdict {
  readonly ok: boolean
  readonly root: string
  /** Those of the archives included. */
  readonly records: number
  readonly head: { readonly seq: number; readonly hash: string } | undefined
  readonly findings: ReadonlyArray<Finding>
  /** What the reader should know beside the findings. */
  readonly notes: ReadonlyArray<string>
}

const attemptsOnLive = 3

const isTail = (f: Finding): boolean => f.kind === 'torn-tail'

interface Seen {
  readonly journal: Examined
  readonly archives: ArchivesVerdict
  readonly findings: ReadonlyArray<Finding>
}

const look = async (root: string): Promise<Seen> => {
  const events = new ArchiveEvents()
  const journal = await examine(root, 'whole', (record) => events.follow(record))
  const archives = await verifyArchives(root, journal.base, events)
  return { journal, archives, findings: [...journal.findings, ...archives.findings] }
}

/** A living daemon moves files and writes while we read: only what stays is a finding. */
const lookAtLive = async (root: string): Promise<Seen> => {
  let seen = await look(root)
  for (let i = 1; i < attemptsOnLive && seen.findings.some((f) => !isTail(f)); i += 1)
    seen = await look(root)
  return { ...seen, findings: seen.findings.filter((f) => !isTail(f)) }
}

const archivesNote = ({ range }: ArchivesVerdict): ReadonlyArray<string> =>
  range === undefined ? [] : [`records ${range.from} to ${range.to} are in archives`]

/** Undefined where the path is neither a daemon's root nor its journal folder. */
export const verifyDirectory = async (path: string): Promise<Verdict | undefined> => {
  const root = rootOf(path)
  if (root === undefined) return undefined
  const holder = liveHolder(root)
  const { journal, archives, ...seen } =
    holder === undefined ? await look(root) : await lookAtLive(root)
  const { head } = journal
  const findings = [...formatFindings(root), ...seen.findings]
  const live =
    holder === undefined
      ? []
      : [`the daemon lives (pid ${holder.pid}): the tail of its log may still be moving`]
  return {
    ok: findings.length === 0,
    root,
    records: archives.records + journal.records,
    head: head === undefined ? undefined : { seq: head.seq, hash: hexOfHash(head.hash) },
    findings,
    notes: [...archivesNote(archives), ...live],
  }
}
