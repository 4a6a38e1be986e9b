/** `isula-audit state`: what was there at some point of the past. */
import * as E from 'fp-ts/lib/Either.js'
import { shownExitCode } from '../../../domain/ports/exit-record.ts'
import { statusWord, type Container } from '../../../domain/container/state.ts'
import { timeText } from '../../../journal/explain/time-text.ts'
import type { World } from '../../../journal/fold/world.ts'
import type { PastState } from '../../../journal/time-travel/fold-to.ts'
import { objectsOf } from '../../../journal/time-travel/objects-of.ts'
import type { Arguments } from '../arguments.ts'
import { failed, type Answer, type SourceCommand } from '../command.ts'
import { outputFlags, sourceFlags } from '../flags.ts'
import type { OpenedSource } from '../sources/opened-source.ts'
import { table } from '../text/table.ts'
import { notesText, Reading } from './reading.ts'

const short = (id: string): string => id.slice(0, 12)

const exitOf = ({ lastRun }: Container): string => {
  if (lastRun === null) return '-'
  return lastRun.exit._tag === 'UnknownExit' ? 'unknown' : String(shownExitCode(lastRun.exit))
}

const containerRow = (c: Container): ReadonlyArray<string> => [
  short(c.id),
  c.name,
  statusWord(c),
  String(c.attempt),
  exitOf(c),
  c.image.reference,
]

const listing = (title: string, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  rows.length <= 1 ? '' : `\n${title}\n${table(rows)}`

export const worldText = (world: World): string =>
  [
    listing('Containers', [
      ['ID', 'NAME', 'STATE', 'RUNS', 'EXIT', 'IMAGE'],
      ...[...world.containers.values()].map(containerRow),
    ]),
    listing('Images', [
      ['ID', 'STATE', 'REFERENCES'],
      ...[...world.images.values()].map((i) => [
        short(i.id),
        i.phase._tag.toLowerCase(),
        i.references.join(' '),
      ]),
    ]),
    listing('Layers', [
      ['ID', 'STATE'],
      ...[...world.layers.values()].map((l) => [short(l.id), l.phase._tag.toLowerCase()]),
    ]),
    listing('Out of use', [['OBJECT', 'WHY'], ...world.quarantine]),
  ].join('')

export const stateLine = ({ seq, wallMs, hash }: PastState): string =>
  seq === 0
    ? 'nothing: before the first record'
    : `record ${seq}${wallMs === undefined ? '' : ` of ${timeText(wallMs)}`}, state ${hash}`

const run = async (args: Arguments, { journal }: OpenedSource): Answer => {
  const reading = new Reading(journal)
  const stream = await reading.object(args.operands[0])
  if (E.isLeft(stream)) return failed(stream.left)
  const past = await reading.stateAt(args.value('--at'))
  if (E.isLeft(past)) return failed(past.left)
  const { seq, wallMs, hash, world } = past.right
  const objects = objectsOf(world)
  const { clean, notes } = reading
  const title = `after ${stateLine(past.right)}\n`
  const facts = { source: journal.label, seq, at: wallMs === undefined ? null : timeText(wallMs) }
  if (stream.right === undefined)
    return E.right({
      clean,
      text: `${title}${worldText(world)}${notesText(notes)}`,
      json: { ...facts, hash, objects: Object.fromEntries(objects), notes },
    })
  const document = objects.get(stream.right)
  const shown = document === undefined ? 'it was not there\n' : JSON.stringify(document, null, 2)
  return E.right({
    clean,
    text: `${stream.right}\n${title}${shown.trimEnd()}\n${notesText(notes)}`,
    json: { ...facts, hash, object: stream.right, state: document ?? null, notes },
  })
}

export const state: SourceCommand = {
  kind: 'source',
  name: 'state',
  synopsis: 'state [--at TIME|SEQ] [OBJECT]',
  purpose:
    'Shows the state as it was after a record, or at a time: everything, or one object in full.',
  pathFirst: false,
  flags: [
    {
      name: '--at',
      value: 'TIME|SEQ',
      help: 'a sequence number, or a time such as 2024-05-01T12:00:00Z (default: the end)',
    },
    ...sourceFlags,
    ...outputFlags,
  ],
  run,
}
