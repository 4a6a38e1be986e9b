/** `isula-audit diff`: what changed between two points of the past. */
import * as E from 'fp-ts/lib/Either.js'
import { timeText } from '../../../journal/explain/time-text.ts'
import {
  difference,
  type MemberChange,
  type ObjectChange,
} from '../../../journal/time-travel/difference.ts'
import type { PastState } from '../../../journal/time-travel/fold-to.ts'
import { objectsOf } from '../../../journal/time-travel/objects-of.ts'
import type { Arguments } from '../arguments.ts'
import { failed, wrongUsage, type Answer, type SourceCommand } from '../command.ts'
import { outputFlags, rangeFlags, sourceFlags } from '../flags.ts'
import type { OpenedSource } from '../sources/opened-source.ts'
import { notesText, Reading } from './reading.ts'
import { stateLine } from './state.ts'

const valueText = (value: unknown): string =>
  value === undefined ? 'nothing' : JSON.stringify(value)

const memberText = ({ path, from, to }: MemberChange): string =>
  `    ${path}: ${valueText(from)} -> ${valueText(to)}\n`

const changeText = ({ object, change, members }: ObjectChange): string =>
  `  ${object} ${change}\n${members.map(memberText).join('')}`

/** JSON has no `undefined`: what is not there has no member. */
const factsOf = ({ seq, wallMs, hash }: PastState): object => ({
  seq,
  at: wallMs === undefined ? null : timeText(wallMs),
  hash,
})

const run = async (args: Arguments, { journal }: OpenedSource): Answer => {
  const [start, end] = [args.value('--from'), args.value('--to')]
  if (start === undefined) return wrongUsage('diff needs --from')
  const reading = new Reading(journal)
  const stream = await reading.object(args.operands[0])
  if (E.isLeft(stream)) return failed(stream.left)
  const from = await reading.stateAt(start)
  if (E.isLeft(from)) return failed(from.left)
  const to = await reading.stateAt(end)
  if (E.isLeft(to)) return failed(to.left)
  const changes = difference(objectsOf(from.right.world), objectsOf(to.right.world)).filter(
    ({ object }) => stream.right === undefined || object === stream.right,
  )
  const { clean, notes } = reading
  return E.right({
    clean,
    text: [
      `from after ${stateLine(from.right)}\n  to after ${stateLine(to.right)}\n\n`,
      changes.length === 0 ? 'nothing changed\n' : changes.map(changeText).join(''),
      notesText(notes),
    ].join(''),
    json: {
      source: journal.label,
      from: factsOf(from.right),
      to: factsOf(to.right),
      changes,
      notes,
    },
  })
}

export const diff: SourceCommand = {
  kind: 'source',
  name: 'diff',
  synopsis: 'diff --from TIME|SEQ [--to TIME|SEQ] [OBJECT]',
  purpose: 'Shows what changed between two points of the past, object by object.',
  pathFirst: false,
  flags: [
    ...rangeFlags('the earlier point', 'the later point (default: the end)'),
    ...sourceFlags,
    ...outputFlags,
  ],
  run,
}
