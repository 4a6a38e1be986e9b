/** The journal of a living daemon, read page by page over its socket. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { JournalEvent } from '../../../adapters/rpc/wire/isulad_engine.ts'
import type { AuditVerdict } from '../../../journal/audit/verdict.ts'
import type { StoredRecord } from '../../../journal/store/journal-store.ts'
import { parseAddress } from '../../isula/transport/address.ts'
import { calls } from '../../isula/transport/calls.ts'
import { connectTo, type Connection } from '../../isula/transport/connection.ts'
import { failureText } from '../../isula/transport/failure.ts'
import type { OpenedSource } from './opened-source.ts'

/** Bounds the memory that a long journal takes. */
const pageRecords = 20_000

const AuditDocument = t.type({
  ok: t.boolean,
  checks: t.array(t.type({ name: t.string, ok: t.boolean, detail: t.string })),
  findings: t.array(t.type({ check: t.string, subject: t.string, detail: t.string })),
})

const recordOf = ({ seq, hash, envelope }: JournalEvent): StoredRecord => ({
  seq,
  hash,
  bytes: envelope,
})

/** An empty page: there is no more. Left: why the daemon did not answer. */
const pageFrom = async (
  connection: Connection,
  from: number,
): Promise<Either<string, ReadonlyArray<StoredRecord>>> => {
  const page: StoredRecord[] = []
  const full = new AbortController()
  const each = (event: JournalEvent): void => {
    if (page.length < pageRecords) page.push(recordOf(event))
    if (page.length >= pageRecords) full.abort()
  }
  const ended = await connection.stream(
    calls.journalEvents,
    { from_seq: from, follow: false, stream: '' },
    { each, signal: full.signal },
  )
  return E.isLeft(ended) && !full.signal.aborted ? E.left(failureText(ended.left)) : E.right(page)
}

class DaemonRecords {
  readonly #connection: Connection
  /** Later passes end where the first one did, whatever was appended meanwhile. */
  #last: number | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async *read(): AsyncGenerator<StoredRecord> {
    let next = 1
    for (;;) {
      const page = await pageFrom(this.#connection, next)
      if (E.isLeft(page)) throw new Error(page.left)
      for (const record of page.right) {
        if (record.seq > (this.#last ?? record.seq)) return
        yield record
        next = record.seq + 1
      }
      if (page.right.length < pageRecords) break
    }
    this.#last ??= next - 1
  }
}

const verdictOf = async (connection: Connection): Promise<Either<string, AuditVerdict>> => {
  const answer = await connection.unary(calls.audit, {})
  if (E.isLeft(answer)) return E.left(failureText(answer.left))
  const verdict = AuditDocument.decode(JSON.parse(answer.right.json))
  return E.isRight(verdict) ? verdict : E.left('the daemon answered no verdict')
}

/** Left: the address is wrong, or nobody answers there. */
export const daemonJournal = async (address: string): Promise<Either<string, OpenedSource>> => {
  const parsed = parseAddress(address)
  if (E.isLeft(parsed)) return parsed
  const connection = connectTo(parsed.right)
  const first = await pageFrom(connection, 1)
  if (E.isLeft(first)) {
    connection.close()
    return E.left(`${address}: ${first.left}`)
  }
  const begins = first.right[0]?.seq ?? 1
  const records = new DaemonRecords(connection)
  return E.right({
    journal: {
      label: `daemon at ${address}`,
      beginning: () => ({ seq: begins - 1, hash: undefined, world: undefined }),
      records: () => records.read(),
      snapshots: [],
      head: undefined,
      findings: [],
      notes:
        begins === 1
          ? []
          : [`the daemon tells records from ${begins} on; those before are in archives`],
    },
    root: undefined,
    daemon: () => verdictOf(connection),
    stateHash: undefined,
    close: () => connection.close(),
  })
}
