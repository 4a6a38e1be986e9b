/** LevelDB's log format, the MANIFEST's too: 32 KiB blocks of checksummed fragments. */
import { crc32c, unmaskedCrc } from './crc32c.ts'
import type { FindingKind } from './finding.ts'

const blockBytes = 32_768
const headerBytes = 7
const full = 1
const first = 2
const middle = 3
const last = 4

export interface LogRecord {
  /** Of the first fragment's header. */
  readonly offset: number
  readonly bytes: Buffer
}

/** Where reading stopped before the end of the file, and what lies behind that place. */
export interface LogAnomaly {
  /** Start of the record that cannot be read: everything before it is whole. */
  readonly offset: number
  /** The byte at which it goes wrong, inside that record or at its start. */
  readonly at: number
  readonly kind: FindingKind
  readonly detail: string
  /** Offset of a complete, checksummed record behind the bad place; undefined: a torn tail. */
  readonly validAfter: number | undefined
}

export interface LogReading {
  readonly records: ReadonlyArray<LogRecord>
  readonly anomaly: LogAnomaly | undefined
}

type Fragment =
  | { readonly _tag: 'fragment'; readonly type: number; readonly from: number; readonly to: number }
  | { readonly _tag: 'end' }
  | Bad

interface Bad {
  readonly _tag: 'bad'
  readonly at: number
  readonly kind: FindingKind
  readonly detail: string
}

const bad = (at: number, detail: string, kind: FindingKind = 'bad-format'): Bad => ({
  _tag: 'bad',
  at,
  kind,
  detail,
})

const isZero = (data: Buffer, from: number, to: number): boolean => {
  for (let i = from; i < to; i += 1) if (data[i] !== 0) return false
  return true
}

/** A block's last bytes are padding where no header fits. Answers where the next header is. */
const afterPadding = (data: Buffer, at: number): number | undefined => {
  const left = blockBytes - (at % blockBytes)
  if (left >= headerBytes) return at
  const next = Math.min(at + left, data.length)
  return isZero(data, at, next) ? next : undefined
}

const headerComplaint = (data: Buffer, at: number): string | undefined => {
  const end = at + headerBytes + data.readUInt16LE(at + 4)
  const type = data[at + 6] ?? 0
  if (type === 0) return isZero(data, at, data.length) ? 'only zeros follow' : 'an unknown type 0'
  if (type > last) return `an unknown type ${type}`
  if (end > at + blockBytes - (at % blockBytes)) return 'a length crosses its block'
  return end > data.length ? 'the file ends inside a record' : undefined
}

const crcFits = (data: Buffer, at: number, to: number): boolean =>
  unmaskedCrc(data.readUInt32LE(at)) === crc32c(data, at + 6, to)

const fragmentAt = (data: Buffer, start: number): Fragment => {
  const at = afterPadding(data, start)
  if (at === undefined) return bad(start, 'the padding at the end of a block is not zero')
  if (at >= data.length) return { _tag: 'end' }
  if (at + headerBytes > data.length) return bad(at, 'the file ends inside a header')
  const complaint = headerComplaint(data, at)
  if (complaint !== undefined) return bad(at, complaint)
  const to = at + headerBytes + data.readUInt16LE(at + 4)
  if (!crcFits(data, at, to)) return bad(at, 'the checksum is wrong', 'bad-crc')
  return { _tag: 'fragment', type: data[at + 6] ?? 0, from: at, to }
}

type Joined =
  | { readonly _tag: 'record'; readonly record: LogRecord; readonly next: number }
  | { readonly _tag: 'end' }
  | (Bad & { readonly offset: number })

const payload = (data: Buffer, f: { readonly from: number; readonly to: number }): Buffer =>
  data.subarray(f.from + headerBytes, f.to)

/** One whole record from its first fragment on. */
const recordAt = (data: Buffer, start: number): Joined => {
  const head = fragmentAt(data, start)
  if (head._tag === 'end') return head
  if (head._tag === 'bad') return { ...head, offset: head.at }
  const offset = head.from
  if (head.type === full)
    return { _tag: 'record', record: { offset, bytes: payload(data, head) }, next: head.to }
  if (head.type !== first) return { ...bad(offset, 'a fragment without a beginning'), offset }
  const parts = [payload(data, head)]
  for (let at = head.to; ;) {
    const part = fragmentAt(data, at)
    if (part._tag === 'bad') return { ...part, offset }
    if (part._tag === 'end')
      return { ...bad(data.length, 'the file ends between fragments'), offset }
    if (part.type !== middle && part.type !== last)
      return { ...bad(part.from, 'a record begins inside another'), offset }
    parts.push(payload(data, part))
    if (part.type === last)
      return { _tag: 'record', record: { offset, bytes: Buffer.concat(parts) }, next: part.to }
    at = part.to
  }
}

/** Looks at every byte: after damage no header tells where the next one is. */
const validRecordAfter = (data: Buffer, from: number): number | undefined => {
  for (let at = from; at + headerBytes <= data.length; at += 1) {
    const type = data[at + 6] ?? 0
    if (type !== full && type !== first) continue
    if (blockBytes - (at % blockBytes) < headerBytes) continue
    if (recordAt(data, at)._tag === 'record') return at
  }
  return undefined
}

/** Reads to the first anomaly; looks behind it only to tell a torn tail from damage. */
export const readLog = (data: Buffer): LogReading => {
  const records: Array<LogRecord> = []
  for (let at = 0; ;) {
    const joined = recordAt(data, at)
    if (joined._tag === 'end') return { records, anomaly: undefined }
    if (joined._tag === 'bad') {
      const { offset, at: place, kind, detail } = joined
      const validAfter = validRecordAfter(data, offset + 1)
      return { records, anomaly: { offset, at: place, kind, detail, validAfter } }
    }
    records.push(joined.record)
    at = joined.next
  }
}
