/** The values beside the records: head, meta data, numbers and snapshots, with their checks. */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Integer } from '../../domain/integer.ts'
import { hashBytes, hashOfHex, hexOfHash, sameHash } from '../record/hash-chain.ts'
import type { Head, Snapshot } from './journal-store.ts'

/** Version of keys, values and record layout. A newer one is never opened. */
export const journalVersion = 1

/** Written once with the nonce; `epoch` counts the openings and fences a stale writer. */
export const JournalMeta = t.strict(
  { version: Integer, nonce: t.string, epoch: Integer },
  'JournalMeta',
)
export type JournalMeta = t.TypeOf<typeof JournalMeta>

const StoredBase = t.strict({ seq: Integer, hash: t.string }, 'StoredBase')
const StoredHead = t.strict({ seq: Integer, hash: t.string, epoch: Integer }, 'StoredHead')

const parsed = <A>(codec: t.Decoder<unknown, A>, value: Uint8Array): A | undefined => {
  try {
    const decoded = codec.decode(JSON.parse(Buffer.from(value).toString('utf8')))
    return E.isRight(decoded) ? decoded.right : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const text = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

export const encodeMeta = (meta: JournalMeta): Uint8Array =>
  text({ version: meta.version, nonce: meta.nonce, epoch: meta.epoch })
export const decodeMeta = (value: Uint8Array): JournalMeta | undefined => parsed(JournalMeta, value)

export const encodeHead = (head: Head, epoch: number): Uint8Array =>
  text({ seq: head.seq, hash: hexOfHash(head.hash), epoch })

export const decodeHead = (value: Uint8Array): (Head & { readonly epoch: number }) | undefined => {
  const head = parsed(StoredHead, value)
  const hash = head === undefined ? undefined : hashOfHex(head.hash)
  return head === undefined || hash === undefined
    ? undefined
    : { seq: head.seq, hash, epoch: head.epoch }
}

/** The newest dropped record. */
export const encodeBase = (base: Head): Uint8Array =>
  text({ seq: base.seq, hash: hexOfHash(base.hash) })

export const decodeBase = (value: Uint8Array): Head | undefined => {
  const base = parsed(StoredBase, value)
  const hash = base === undefined ? undefined : hashOfHex(base.hash)
  return base === undefined || hash === undefined ? undefined : { seq: base.seq, hash }
}

/** Stream heads and request entries. */
export const encodeNumber = (n: number): Uint8Array => Buffer.from(String(n))
export const decodeNumber = (value: Uint8Array): number | undefined => {
  const n = Buffer.from(value).toString('latin1')
  return /^[1-9][0-9]{0,15}$/.test(n) ? Number(n) : undefined
}

const digest = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

/** 32 bytes of the record's hash, 32 bytes SHA-256 of the state, the state. */
export const encodeSnapshot = (snapshot: Snapshot): Uint8Array =>
  Buffer.concat([snapshot.hash, digest(snapshot.bytes), snapshot.bytes])

/** Undefined where the bytes are not those that were written. */
export const decodeSnapshot = (seq: number, value: Uint8Array): Snapshot | undefined => {
  if (value.length < 2 * hashBytes) return undefined
  const bytes = value.subarray(2 * hashBytes)
  const intact = sameHash(digest(bytes), value.subarray(hashBytes, 2 * hashBytes))
  return intact ? { seq, hash: value.subarray(0, hashBytes), bytes } : undefined
}
