/** The auditor's verdict on a daemon's root or its journal directory; it writes nothing. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { hexOfHash } from '../record/hash-chain.ts'
import { formatFindings } from '../open/format-file.ts'
import { journalFolder } from './directory-files.ts'
import { examine, type Examined } from './examination.ts'
import type { Finding } from './finding.ts'
import { liveHolder } from './holder.ts'

export interface Verdict {
  readonly ok: boolean
  readonly root: string
  readonly records: number
  readonly head: { readonly seq: number; readonly hash: string } | undefined
  readonly findings: ReadonlyArray<Finding>
  /** What the reader should know beside the findings. */
  readonly notes: ReadonlyArray<string>
}

const attemptsOnLive = 3

/** The daemon's root for a root or for the `journal` folder in it; undefined: neither. */
const rootOf = (path: string): string | undefined => {
  if (existsSync(join(path, journalFolder))) return path
  return basename(path) === journalFolder && existsSync(path) ? dirname(path) : undefined
}

const isTail = (f: Finding): boolean => f.kind === 'torn-tail'

/** A living daemon moves files and writes while we read: only what stays is a finding. */
const examineLive = async (root: string): Promise<Examined> => {
  let examined = await examine(root, 'whole')
  for (let i = 1; i < attemptsOnLive && examined.findings.some((f) => !isTail(f)); i += 1)
    examined = await examine(root, 'whole')
  return { ...examined, findings: examined.findings.filter((f) => !isTail(f)) }
}

/** Undefined where the path is neither a daemon's root nor its journal folder. */
export const verifyDirectory = async (path: string): Promise<Verdict | undefined> => {
  const root = rootOf(path)
  if (root === undefined) return undefined
  const holder = liveHolder(root)
  const examined = holder === undefined ? await examine(root, 'whole') : await examineLive(root)
  const { head, records } = examined
  const findings = [...formatFindings(root), ...examined.findings]
  return {
    ok: findings.length === 0,
    root,
    records,
    head: head === undefined ? undefined : { seq: head.seq, hash: hexOfHash(head.hash) },
    findings,
    notes:
      holder === undefined
        ? []
        : [`the daemon lives (pid ${holder.pid}): the tail of its log may still be moving`],
  }
}
