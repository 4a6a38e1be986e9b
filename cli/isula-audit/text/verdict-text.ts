/** A verdict for people. */
import type { AuditCheck, AuditFinding } from '../../../journal/audit/verdict.ts'
import { table } from './table.ts'

export interface ShownVerdict {
  readonly ok: boolean
  readonly source: string
  readonly records: number
  readonly head: { readonly seq: number; readonly hash: string } | null
  readonly stateHash?: string
  readonly checks: ReadonlyArray<AuditCheck>
  readonly findings: ReadonlyArray<AuditFinding>
  readonly notes: ReadonlyArray<string>
}

const plural = (n: number): string => `${n} finding${n === 1 ? '' : 's'}`

export const verdictText = (v: ShownVerdict): string =>
  [
    `${v.source}\n`,
    `records: ${v.records}\n`,
    `head:    ${v.head === null ? 'none' : `${v.head.seq} ${v.head.hash}`}\n`,
    v.stateHash === undefined ? '' : `state:   ${v.stateHash}\n`,
    '\n',
    table([
      ['CHECK', 'VERDICT', 'DETAIL'],
      ...v.checks.map((c) => [c.name, c.ok ? 'ok' : 'FAILED', c.detail]),
    ]),
    '\n',
    ...v.notes.map((note) => `note:    ${note}\n`),
    ...v.findings.map((f) => `finding: ${f.check}: ${f.subject}: ${f.detail}\n`),
    `verdict: ${v.ok ? 'clean' : plural(v.findings.length)}\n`,
  ].join('')
