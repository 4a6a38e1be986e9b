/** The puts and deletions that an append or a dropping means for the database. */
import { encodeRecord } from '../record/hash-chain.ts'
import type { Dropping, Head, NewRecord } from './journal-store.ts'
import * as keys from './keys.ts'
import type { Operation } from './level-database.ts'
import * as values from './stored-values.ts'

export const put = (key: Buffer, value: Uint8Array): Operation => ({ type: 'put', key, value })
export const del = (key: Buffer): Operation => ({ type: 'del', key })

export const appending = (
  records: ReadonlyArray<NewRecord>,
  streams: ReadonlyMap<string, number>,
): ReadonlyArray<Operation> => [
  ...records.map((r) => put(keys.eventKey(r.seq), encodeRecord(r.hash, r.bytes))),
  ...records.flatMap((r) =>
    r.requestId === undefined
      ? []
      : [put(keys.requestKey(r.requestId), values.encodeNumber(r.seq))],
  ),
  ...[...streams].map(([s, n]) => put(keys.streamKey(s), values.encodeNumber(n))),
]

/** `old`: keys of the snapshots below the new base. */
export const dropping = (
  base: Head,
  { snapshot, streams, requests }: Dropping,
  old: ReadonlyArray<Buffer>,
): ReadonlyArray<Operation> => [
  ...Array.from({ length: snapshot.seq - base.seq }, (_, i) =>
    del(keys.eventKey(base.seq + 1 + i)),
  ),
  ...requests.map((id) => del(keys.requestKey(id))),
  ...streams.map((stream) => del(keys.streamKey(stream))),
  ...old.map(del),
  put(keys.snapshotKey(snapshot.seq), values.encodeSnapshot(snapshot)),
  put(keys.baseKey, values.encodeBase(snapshot)),
]
