/** `isula-audit import --check`: proves an exported file and folds it. */
import * as E from 'fp-ts/lib/Either.js'
import type { Arguments } from '../arguments.ts'
import { wrongUsage, type Answer, type SourceCommand } from '../command.ts'
import { outputFlags, sourceFlags } from '../flags.ts'
import type { OpenedSource } from '../sources/opened-source.ts'
import { worldText } from './state.ts'
import { verifySource } from '../../../journal/audit/verify-source.ts'
import { verdictText } from '../text/verdict-text.ts'

const run = async (args: Arguments, opened: OpenedSource): Answer => {
  if (!args.has('--check')) return wrongUsage('import needs --check: it never does more')
  const { journal, stateHash } = opened
  if (stateHash === undefined) return wrongUsage('import takes an exported file')
  const { checks, findings, notes, records, head, world } = await verifySource(journal)
  const ok = findings.length === 0
  const json = {
    ok,
    source: journal.label,
    records,
    head: head ?? null,
    stateHash,
    checks,
    findings,
    notes,
  }
  return E.right({ clean: ok, json, text: `${verdictText(json)}${worldText(world)}` })
}

export const importCheck: SourceCommand = {
  kind: 'source',
  name: 'import',
  synopsis: 'import --check FILE',
  purpose:
    'Proves an exported file line by line, replays it, and shows the state that it leads to.',
  pathFirst: true,
  flags: [
    { name: '--check', help: 'needed: there is no other form' },
    ...sourceFlags.filter((flag) => flag.name === '--html'),
    ...outputFlags,
  ],
  run,
}
