/** `isula-audit explain`: why an object is as it is. */
import * as E from 'fp-ts/lib/Either.js'
import { explainObject } from '../../../journal/explain/explain-object.ts'
import type { Explanation } from '../../../journal/explain/explain.ts'
import type { Arguments } from '../arguments.ts'
import { failed, wrongUsage, type Answer, type SourceCommand } from '../command.ts'
import { outputFlags, sourceFlags } from '../flags.ts'
import type { OpenedSource } from '../sources/opened-source.ts'
import { section, table } from '../text/table.ts'
import { notesText, Reading } from './reading.ts'

const reasons = (because: ReadonlyArray<number>): string =>
  because.length === 0 ? '' : `because of ${because.map((n) => `#${n}`).join(', ')}`

const explanationText = (e: Explanation): string => {
  const title = e.name === e.id ? e.id : `${e.name} (${e.id})`
  const rows = e.steps.map((s) => [`#${s.seq}`, s.at, s.actor, s.what, reasons(s.because)])
  return [
    `${title} is ${e.state}\n`,
    section('Why, from the first cause on:', e.why),
    `\nHistory:\n${table([['EVENT', 'AT', 'BY', 'WHAT', 'CAUSE'], ...rows])}`,
  ].join('')
}

const run = async (args: Arguments, { journal }: OpenedSource): Answer => {
  const [object] = args.operands
  if (object === undefined) return wrongUsage('explain takes one object')
  const reading = new Reading(journal)
  const story = await explainObject(reading.records, object)
  if (E.isLeft(story)) return failed(story.left)
  const { clean, notes } = reading
  return E.right({
    clean,
    text: explanationText(story.right) + notesText(notes),
    json: { source: journal.label, ...story.right, notes },
  })
}

export const explain: SourceCommand = {
  kind: 'source',
  name: 'explain',
  synopsis: 'explain OBJECT',
  purpose:
    'Tells why an object is as it is: the causes one after the other, then its whole history.\n' +
    'OBJECT is a name, an id or its beginning (also of what was removed long ago), or engine;\n' +
    'container:, image: or layer: in front of it says what is meant.',
  pathFirst: false,
  flags: [...sourceFlags, ...outputFlags],
  run,
}
