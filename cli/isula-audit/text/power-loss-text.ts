/** A report on power losses for people. */
import type {
  PowerLossClassReport,
  PowerLossOutcome,
  PowerLossReport,
  SequenceRange,
} from '../../../journal/crash-states/power-loss-report.ts'
import { section, table } from './table.ts'

const verdicts: Readonly<Record<PowerLossOutcome['verdict'], string>> = {
  opens: 'opens',
  'opens-with-report': 'opens and says what it cut',
  quarantined: 'is shown read-only',
  refused: 'is refused',
}

const rangeText = (range: SequenceRange | undefined, none: string): string =>
  range === undefined
    ? none
    : range.from === range.to
      ? String(range.from)
      : `${range.from}-${range.to}`

const outcomeRow = (o: PowerLossOutcome): ReadonlyArray<string> => [
  `  ${o.states}`,
  verdicts[o.verdict],
  `up to ${o.headSeq}`,
  rangeText(o.missing, 'nothing'),
  o.example,
]

/** So many outcomes of a class are shown; the document has all. */
const mostOutcomes = 8

const outcomeRows = (all: ReadonlyArray<PowerLossOutcome>): ReadonlyArray<ReadonlyArray<string>> =>
  all.length <= mostOutcomes
    ? all.map(outcomeRow)
    : [
        ...all.slice(0, mostOutcomes / 2).map(outcomeRow),
        ['  ...', `${all.length - mostOutcomes} more`, '', '', 'see --json'],
        ...all.slice(-mostOutcomes / 2).map(outcomeRow),
      ]

const classText = (c: PowerLossClassReport): string => {
  const disk = c.cause === 'power-cut' ? 'an honest disk' : 'only a disk that broke a promise'
  const head = ['  STATES', 'THE JOURNAL', 'RECORDS', 'MISSING', 'FOR EXAMPLE']
  return (
    `\n${c.class}: ${c.meaning} (${c.states} states, left by ${disk})\n` +
    (c.outcomes.length === 0 ? '' : table([head, ...outcomeRows(c.outcomes)]))
  )
}

const endText = ({ ok, violations }: PowerLossReport): string =>
  ok
    ? 'every promise holds'
    : violations.length > 0
      ? `${violations.length} violation(s)`
      : 'the journal does not open as it is'

export const powerLossText = (r: PowerLossReport): string =>
  [
    `journal of ${r.root}\n`,
    `newest record: ${r.headSeq}; proved by the anchor: ${r.anchoredSeq ?? 'none'}; `,
    `last batch: ${rangeText(r.lastBatch, 'none')}\n`,
    ...r.classes.map(classText),
    section(
      'Broken promises of ours:',
      r.violations.map((v) => `${v.class}: ${v.state}: ${v.detail}`),
    ),
    ...r.notes.map((note) => `note: ${note}\n`),
    `\n${r.states} states: ${endText(r)}\n`,
  ].join('')
