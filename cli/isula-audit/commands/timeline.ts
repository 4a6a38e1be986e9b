/** `isula-audit timeline`: events in order, in plain words. */
import * as E from 'fp-ts/lib/Either.js'
import { readEvents } from '../../../journal/explain/container-streams.ts'
import { Timeline, type TimelineEntry } from '../../../journal/explain/timeline.ts'
import type { Arguments } from '../arguments.ts'
import { failed, type Answer, type SourceCommand } from '../command.ts'
import { outputFlags, rangeFlags, sourceFlags } from '../flags.ts'
import type { OpenedSource } from '../sources/opened-source.ts'
import { shortStream, table } from '../text/table.ts'
import { notesText, Reading } from './reading.ts'

const causes = (because: ReadonlyArray<number>): string => because.map((seq) => `#${seq}`).join(' ')

const rowOf = (e: TimelineEntry): ReadonlyArray<string> => [
  `#${e.seq}`,
  e.at,
  e.actor,
  shortStream(e.stream),
  causes(e.because),
  e.what,
]

interface Wanted {
  readonly stream: string | undefined
  readonly from: number
  readonly to: number
}

const entriesOf = async (
  reading: Reading,
  { stream, from, to }: Wanted,
): Promise<ReadonlyArray<TimelineEntry>> => {
  const timeline = new Timeline()
  const entries: TimelineEntry[] = []
  for await (const event of readEvents(reading.records)) {
    const entry = timeline.entry(event)
    if (entry.seq < from || entry.seq > to) continue
    if (stream === undefined || entry.stream === stream) entries.push(entry)
  }
  return entries
}

const run = async (args: Arguments, { journal }: OpenedSource): Answer => {
  const reading = new Reading(journal)
  const stream = await reading.object(args.operands[0])
  if (E.isLeft(stream)) return failed(stream.left)
  const from = await reading.sequence(args.value('--from'), 1)
  if (E.isLeft(from)) return failed(from.left)
  const to = await reading.sequence(args.value('--to'), Number.MAX_SAFE_INTEGER)
  if (E.isLeft(to)) return failed(to.left)
  const wanted = { stream: stream.right, from: from.right, to: to.right }
  const entries = await entriesOf(reading, wanted)
  const { clean, notes } = reading
  const head = ['EVENT', 'AT', 'BY', 'OBJECT', 'CAUSE', 'WHAT']
  return E.right({
    clean,
    text: table([head, ...entries.map(rowOf)]) + notesText(notes),
    json: { source: journal.label, object: stream.right ?? null, entries, notes },
  })
}

export const timeline: SourceCommand = {
  kind: 'source',
  name: 'timeline',
  synopsis: 'timeline [OBJECT]',
  purpose: 'Tells what happened, in order: when, by whom, because of which event, in plain words.',
  pathFirst: false,
  flags: [
    ...rangeFlags('leave out what came before', 'leave out what came after'),
    ...sourceFlags,
    ...outputFlags,
  ],
  run,
}
