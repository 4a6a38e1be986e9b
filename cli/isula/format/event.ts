/** One line for each event (spec 22 section 8), and for each record of the journal. */
import type { Event } from '../../../adapters/rpc/wire/containers.ts'
import { localNanoTime } from './local-time.ts'

/** The order inside the parentheses is that of the wire. */
export const eventLine = (event: Event): string => {
  const time = localNanoTime(event.timestamp ?? { seconds: 0, nanos: 0 })
  const extras = Object.entries(event.annotations).map(([key, value]) => `${key}=${value}`)
  return `${time} ${event.opt} ${event.id} (${extras.join(', ')})\n`
}

/** What a line shows of a journal record; the record holds more. */
export interface JournalRecord {
  readonly seq: number
  /** Wall clock, ms since 1970. */
  readonly at: number
  readonly stream: string
  readonly kind: string
  readonly actor: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** What every record of a stream repeats says nothing in its line. */
const repeated: ReadonlySet<string> = new Set(['_tag', 'v', 'id'])

const shortText = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

export const journalLine = (record: JournalRecord): string => {
  const ms = Math.floor(record.at)
  const time = localNanoTime({ seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 })
  const extras = Object.entries(record.payload)
    .filter(([key]) => !repeated.has(key))
    .map(([key, value]) => `${key}=${shortText(value)}`)
  const by = `(${[`by=${record.actor}`, ...extras].join(', ')})`
  return `${record.seq} ${time} ${record.kind} ${record.stream} ${by}\n`
}
