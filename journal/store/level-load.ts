/** What a LevelDB store reads when it opens: meta data, head, base and stream heads. */
import { decodeRecord, genesisHash, sameHash } from '../record/hash-chain.ts'
import type { Head } from './journal-store.ts'
import * as keys from './keys.ts'
import type { LevelDatabase } from './level-database.ts'
import { JournalDamaged } from './store-errors.ts'
import * as values from './stored-values.ts'

export interface Loaded {
  readonly head: Head
  /** The newest dropped record; sequence 0 with the genesis hash while none was. */
  readonly base: Head
  readonly streams: Map<string, number>
  readonly meta: values.JournalMeta
}

const loadStreams = async (db: LevelDatabase): Promise<Map<string, number>> => {
  const streams = new Map<string, number>()
  for await (const chunk of db.chunks({ gte: keys.startOf('s'), lt: keys.endOf('s') }))
    for (const [key, value] of chunk) {
      const meaning = keys.meaningOf(key)
      const last = values.decodeNumber(value)
      if (meaning._tag !== 'stream' || last === undefined)
        throw new JournalDamaged(0, `the head of stream ${key.toString('utf8')} is unreadable`)
      streams.set(meaning.stream, last)
    }
  return streams
}

const loadHead = async (db: LevelDatabase, nonce: string): Promise<Head> => {
  const value = await db.get(keys.headKey)
  const head = value === undefined ? { seq: 0, hash: genesisHash(nonce) } : values.decodeHead(value)
  if (head === undefined) throw new JournalDamaged(0, 'the head entry is unreadable')
  return head
}

const loadBase = async (db: LevelDatabase, nonce: string): Promise<Head> => {
  const value = await db.get(keys.baseKey)
  const base = value === undefined ? { seq: 0, hash: genesisHash(nonce) } : values.decodeBase(value)
  if (base === undefined) throw new JournalDamaged(0, 'the base entry is unreadable')
  return base
}

const loadMeta = async (db: LevelDatabase, newNonce: () => string): Promise<values.JournalMeta> => {
  const value = await db.get(keys.metaKey)
  if (value === undefined) return { version: values.journalVersion, nonce: newNonce(), epoch: 1 }
  const meta = values.decodeMeta(value)
  if (meta === undefined) throw new JournalDamaged(0, 'the meta entry is unreadable')
  if (meta.version > values.journalVersion)
    throw new JournalDamaged(0, `journal version ${meta.version} is newer than this program`)
  return { ...meta, epoch: meta.epoch + 1 }
}

/** The head entry and the newest record are written together; after reading they must agree. */
const checkHead = async (db: LevelDatabase, head: Head): Promise<void> => {
  const after = db.entries({ gte: keys.eventKey(head.seq + 1), lt: keys.endOf('e'), newest: 1 })
  for await (const _ of after) throw new JournalDamaged(head.seq + 1, 'it lies beyond the head')
  if (head.seq === 0) return
  const value = await db.get(keys.eventKey(head.seq))
  const record = value === undefined ? undefined : decodeRecord(value)
  if (record === undefined) throw new JournalDamaged(head.seq, 'the newest record is missing')
  if (!sameHash(record.hash, head.hash))
    throw new JournalDamaged(head.seq, 'the newest record is not the one that the head names')
}

/** Reads, checks, and writes the next epoch. Rejects with `JournalDamaged` or LevelDB's error. */
export const load = async (db: LevelDatabase, newNonce: () => string): Promise<Loaded> => {
  const meta = await loadMeta(db, newNonce)
  const head = await loadHead(db, meta.nonce)
  await checkHead(db, head)
  const base = await loadBase(db, meta.nonce)
  const streams = await loadStreams(db)
  await db.write([{ type: 'put', key: keys.metaKey, value: values.encodeMeta(meta) }])
  return { head, base, streams, meta }
}
