/** `isula-audit export`: a redacted slice of the journal for a bug report. */
import { open, rm } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { writeSlice } from '../../../journal/time-travel/write-slice.ts'
import type { Arguments } from '../arguments.ts'
import { failed, wrongUsage, type Answer, type SourceCommand } from '../command.ts'
import { outputFlags, rangeFlags, sourceFlags } from '../flags.ts'
import type { OpenedSource } from '../sources/opened-source.ts'
import { notesText, Reading } from './reading.ts'

/** Bytes that are collected before they are written. */
const chunkBytes = 262_144

/** For its owner alone, and never over something that is there already. */
const lineWriter = async (path: string) => {
  const file = await open(path, 'wx', 0o600)
  let pending = ''
  const flush = async (): Promise<void> => {
    await file.write(pending)
    pending = ''
  }
  return {
    write: async (line: string): Promise<void> => {
      pending += `${line}\n`
      if (pending.length >= chunkBytes) await flush()
    },
    close: async (): Promise<void> => {
      try {
        await flush()
        await file.sync()
      } finally {
        await file.close()
      }
    },
  }
}

const run = async (args: Arguments, { journal }: OpenedSource): Answer => {
  const [path] = args.operands
  if (path === undefined) return wrongUsage('export takes the name of a new file')
  const reading = new Reading(journal)
  const from = await reading.sequence(args.value('--from'), 1)
  if (E.isLeft(from)) return failed(from.left)
  const to = await reading.sequence(args.value('--to'), 'head')
  if (E.isLeft(to)) return failed(to.left)
  const file = await lineWriter(path)
  const written = await writeSlice(journal, { from: from.right, to: to.right }, file.write).finally(
    file.close,
  )
  if (E.isLeft(written)) {
    await rm(path)
    return failed(written.left)
  }
  const { records, stateHash } = written.right
  const { clean, notes } = reading
  const range = records === 0 ? '' : ` ${written.right.from} to ${written.right.to}`
  return E.right({
    clean,
    text: `${path}: ${records} record(s)${range}, state ${stateHash}\n${notesText(notes)}`,
    json: { source: journal.label, file: path, ...written.right, notes },
  })
}

export const exportSlice: SourceCommand = {
  kind: 'source',
  name: 'export',
  synopsis: 'export FILE',
  purpose:
    'Writes records to FILE for a bug report. Values of environment variables, arguments after\n' +
    "the program's name, labels and paths of mounts are replaced by placeholders; ids and names\n" +
    'stay.\n' +
    'The file has a chain of its own and replays to the same state, so replaced.',
  pathFirst: false,
  flags: [
    ...rangeFlags('the first record (default: the first there is)', 'the last one'),
    ...sourceFlags,
    ...outputFlags,
  ],
  run,
}
