/** Journals that somebody changed with knowledge of their format. */
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { decodeEnvelope, encodeEnvelope } from '../../journal/record/envelope-codec.ts'
import type { Envelope } from '../../journal/record/envelope.ts'
import {
  chainHash,
  decodeRecord,
  encodeRecord,
  hashBytes,
} from '../../journal/record/hash-chain.ts'
import { eventKey, headKey, meaningOf } from '../../journal/store/keys.ts'
import { openLevelDatabase, type LevelDatabase } from '../../journal/store/level-database.ts'
import { decodeHead, encodeHead } from '../../journal/store/stored-values.ts'

type Entry = readonly [key: Buffer, value: Buffer]

const folderOf = (root: string): string => join(root, 'journal')

const entriesOf = async (db: LevelDatabase): Promise<ReadonlyArray<Entry>> => {
  const entries: Entry[] = []
  const range = { gte: Buffer.alloc(0), lt: Buffer.from([0xff]) }
  for await (const chunk of db.chunks(range))
    for (const [key, value] of chunk) entries.push([Buffer.from(key), Buffer.from(value)])
  return entries
}

/** A new database with what `change` makes of all entries: no trace of the old ones stays. */
const rewrite = async (
  root: string,
  change: (entries: ReadonlyArray<Entry>) => ReadonlyArray<Entry>,
): Promise<void> => {
  const folder = folderOf(root)
  const old = await openLevelDatabase(folder)
  const entries = await entriesOf(old)
  await old.close()
  const fresh = await mkdtemp(join(root, 'fresh-'))
  const db = await openLevelDatabase(fresh)
  await db.write(change(entries).map(([key, value]) => ({ type: 'put', key, value })))
  await db.close()
  await rm(folder, { recursive: true })
  await rename(fresh, folder)
}

const changed = (bytes: Uint8Array, change: (e: Envelope) => Envelope): Uint8Array => {
  const envelope = decodeEnvelope(bytes)
  if (E.isLeft(envelope)) throw new Error(envelope.left)
  return encodeEnvelope(change(envelope.right))
}

interface Stored {
  readonly seq: number
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

const storedOf = ([key, value]: Entry): Stored | undefined => {
  const meaning = meaningOf(key)
  const record = meaning._tag === 'event' ? decodeRecord(value) : undefined
  return meaning._tag !== 'event' || record === undefined
    ? undefined
    : { seq: meaning.seq, ...record }
}

/** Record `seq` says something else, and its own hash fits: what follows it does not any more. */
export const forgeRecord = (
  root: string,
  seq: number,
  change: (e: Envelope) => Envelope,
): Promise<void> =>
  rewrite(root, (entries) => {
    const before = entries.map(storedOf).find((r) => r?.seq === seq - 1)
    return entries.map((entry) => {
      const record = storedOf(entry)
      if (record?.seq !== seq || before === undefined) return entry
      const bytes = changed(record.bytes, change)
      return [entry[0], Buffer.from(encodeRecord(chainHash(before.hash, bytes), bytes))]
    })
  })

/** As `forgeRecord`, and everything behind it is chained anew, the head entry too. */
export const forgeHistory = (
  root: string,
  seq: number,
  change: (e: Envelope) => Envelope,
): Promise<void> =>
  rewrite(root, (entries) => {
    let hash: Uint8Array = new Uint8Array(hashBytes)
    let last = 0
    const records = entries.map((entry): Entry => {
      const record = storedOf(entry)
      if (record === undefined) return entry
      const bytes = record.seq === seq ? changed(record.bytes, change) : record.bytes
      hash = record.seq < seq ? record.hash : chainHash(hash, bytes)
      last = record.seq
      return [eventKey(record.seq), Buffer.from(encodeRecord(hash, bytes))]
    })
    return records
      .filter(([key]) => meaningOf(key)._tag !== 'snapshot')
      .map((entry): Entry => {
        const head = entry[0].equals(headKey) ? decodeHead(entry[1]) : undefined
        return head === undefined
          ? entry
          : [entry[0], Buffer.from(encodeHead({ seq: last, hash }, head.epoch))]
      })
  })

/** Records `from` … `to` are not there any more. */
export const loseRecords = (root: string, from: number, to: number): Promise<void> =>
  rewrite(root, (entries) =>
    entries.filter((entry) => {
      const seq = storedOf(entry)?.seq ?? 0
      return seq < from || seq > to
    }),
  )

const logOf = async (root: string): Promise<string> => {
  const name = (await readdir(folderOf(root))).sort().findLast((n) => n.endsWith('.log'))
  if (name === undefined) throw new Error('there is no log')
  return join(folderOf(root), name)
}

export const flipByte = async (root: string, at: number): Promise<void> => {
  const path = await logOf(root)
  const data = await readFile(path)
  data[at] = (data[at] ?? 0) ^ 0x10
  await writeFile(path, data)
}

/** A piece out of the middle of the log. */
export const cutOut = async (root: string, from: number, to: number): Promise<void> => {
  const path = await logOf(root)
  const data = await readFile(path)
  await writeFile(path, Buffer.concat([data.subarray(0, from), data.subarray(to)]))
}

/** Puts an older copy of the journal folder in place of the present one. */
export const rollBack = async (root: string, older: string): Promise<void> => {
  await rm(folderOf(root), { recursive: true })
  await cp(folderOf(older), folderOf(root), { recursive: true })
}
