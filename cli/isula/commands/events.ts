/** `isula events`: live events, or the journal from a sequence number on (CLI-EVENTS-*). */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Event } from '../../../adapters/rpc/wire/containers.ts'
import type { JournalEvent } from '../../../adapters/rpc/wire/isulad_engine.ts'
import { eventLine, journalLine } from '../format/event.ts'
import { parseInstant } from '../request/instant.ts'
import { maybeBuilt } from '../request/refused.ts'
import { calls } from '../transport/calls.ts'
import { failureText } from '../transport/failure.ts'
import { flagErrorExit } from '../grammar/parse.ts'
import { fail, type Command, type CommandInput } from './command.ts'
import { inspectContainer } from './inspected-container.ts'

/** Smaller whole numbers are sequence numbers, larger ones Unix seconds (September 2001 on). */
const firstUnixSeconds = 1_000_000_000

/** What a line shows of the envelope around a journal record. */
const Record = t.type({
  seq: t.number,
  at: t.number,
  stream: t.string,
  kind: t.string,
  actor: t.string,
  payload: t.UnknownRecord,
})

const isSequence = (text: string | undefined): text is string =>
  text !== undefined && /^\d+$/.test(text) && Number(text) < firstUnixSeconds

const printRecord = (input: CommandInput, { envelope, seq }: JournalEvent): void => {
  const record = Record.decode(JSON.parse(Buffer.from(envelope).toString()))
  input.out(E.isRight(record) ? journalLine(record.right) : `${seq} (unreadable record)\n`)
}

/** The stream's name needs the full id; a removed container is asked for by that. */
const streamOf = async (input: CommandInput, name: string | undefined): Promise<string> => {
  if (name === undefined) return ''
  const found = /^[0-9a-f]{64}$/.test(name) ? E.left(name) : await inspectContainer(input, name)
  return `container:${E.isRight(found) ? found.right.id : name}`
}

const journal = async (input: CommandInput, fromSeq: number): Promise<number> => {
  const request = {
    from_seq: fromSeq,
    follow: true,
    stream: await streamOf(input, input.flags.text('name')),
  }
  const each = (event: JournalEvent): void => printRecord(input, event)
  const ended = await input.connection.stream(calls.journalEvents, request, { each })
  return E.isRight(ended) ? 0 : fail(input, failureText(ended.left))
}

const live = async (input: CommandInput): Promise<number> => {
  const { flags } = input
  const since = maybeBuilt(flags.text('since'), parseInstant)
  if (E.isLeft(since)) return fail(input, since.left, flagErrorExit)
  const until = maybeBuilt(flags.text('until'), parseInstant)
  if (E.isLeft(until)) return fail(input, until.left, flagErrorExit)
  const request = {
    id: flags.text('name') ?? '',
    ...(since.right === undefined ? {} : { since: since.right }),
    ...(until.right === undefined ? {} : { until: until.right }),
  }
  const each = (event: Event): void => input.out(eventLine(event))
  const ended = await input.connection.stream(calls.events, request, { each })
  return E.isRight(ended) ? 0 : fail(input, failureText(ended.left))
}

export const events: Command = (input) => {
  const since = input.flags.text('since')
  if (!isSequence(since)) return live(input)
  return input.flags.text('until') === undefined
    ? journal(input, Number(since))
    : Promise.resolve(fail(input, '--until needs --since with a time', flagErrorExit))
}
