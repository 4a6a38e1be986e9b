/** JournalEvents: the records themselves with their hashes, resumable by sequence number. */
import { status } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import type { Front } from '../front.ts'
import { CallFailure, type StreamWork } from '../server/handlers.ts'
import type { JournalEvent, JournalEventsRequest } from '../wire/isulad_engine.ts'
import { readJournal } from './journal-cursor.ts'

const streamOf = (front: Front, seq: number, bytes: Uint8Array): string => {
  const envelope = front.codec.envelope(bytes)
  if (E.isRight(envelope)) return envelope.right.stream
  throw new CallFailure(status.DATA_LOSS, `record ${seq}: ${envelope.left}`)
}

export const journalEvents =
  (front: Front): StreamWork<JournalEventsRequest, JournalEvent> =>
  async ({ from_seq, follow, stream }, { signal }, send) => {
    for await (const record of readJournal(front.engine, { from: from_seq, follow, signal })) {
      const { seq, bytes, hash } = record
      if (stream !== '' && streamOf(front, seq, bytes) !== stream) continue
      await send({ seq, envelope: Buffer.from(bytes), hash: Buffer.from(hash) })
    }
  }
