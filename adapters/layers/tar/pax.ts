/** PAX extended headers (POSIX.1-2001 pax), as bytes: values of xattrs are binary. */
import { malformed } from './archive-error.ts'

/** Keys are latin1 text of their bytes. */
export type PaxRecords = ReadonlyMap<string, Buffer>

/** Parses `length key=value\n` records; a later record of a key replaces an earlier one. */
export const parsePax = (bytes: Buffer): PaxRecords => {
  const records = new Map<string, Buffer>()
  for (let start = 0; start < bytes.length;) {
    const blank = bytes.indexOf(0x20, start)
    const digits = blank < 0 ? '' : bytes.toString('latin1', start, blank)
    const end = start + (/^[1-9]\d{0,9}$/.test(digits) ? Number(digits) : 0)
    const equals = bytes.indexOf(0x3d, blank)
    if (end <= blank || end > bytes.length || bytes[end - 1] !== 0x0a)
      throw malformed('PAX header: a record has a wrong length')
    if (equals <= blank + 1 || equals >= end) throw malformed('PAX header: a record has no key')
    const key = bytes.toString('latin1', blank + 1, equals)
    if (key.includes('\0')) throw malformed('PAX header: a key holds a NUL')
    if (key.startsWith('GNU.sparse.offset') || key.startsWith('GNU.sparse.numbytes'))
      throw malformed('sparse files of PAX format 0.0 are not supported')
    records.set(key, Buffer.from(bytes.subarray(equals + 1, end - 1)))
    start = end
  }
  return records
}

/** Bytes that all global headers of an archive may have together: they are held to its end. */
const maxGlobalBytes = 1 << 20

/** What these say is about one entry: readers disagree on what they mean for all. */
const isOfOneEntry = (key: string): boolean =>
  ['path', 'linkpath', 'size'].includes(key) || key.startsWith('GNU.sparse.')

/** The global records with those of one more global header. */
export const withGlobal = (before: PaxRecords, more: PaxRecords): PaxRecords => {
  const key = [...more.keys()].find(isOfOneEntry)
  if (key !== undefined) throw malformed(`PAX header: a global header may not set ${key}`)
  const records = new Map([...before, ...more])
  const bytes = [...records].reduce((sum, [k, value]) => sum + k.length + value.length + 64, 0)
  if (bytes > maxGlobalBytes) throw malformed('PAX header: the global headers are too long')
  return records
}

/** A name: no NUL, which no path can hold. An empty value means: as the header says. */
export const paxName = (records: PaxRecords, key: string): Buffer | undefined => {
  const value = records.get(key)
  if (value === undefined || value.length === 0) return undefined
  if (value.includes(0)) throw malformed(`PAX header: ${key} holds a NUL`)
  return value
}

export const paxInteger = (records: PaxRecords, key: string): number | undefined => {
  const value = records.get(key)
  if (value === undefined || value.length === 0) return undefined
  const number = /^\d{1,16}$/.test(value.toString('latin1')) ? Number(value.toString('latin1')) : -1
  if (!Number.isSafeInteger(number) || number < 0)
    throw malformed(`PAX header: ${key} is not a number in range`)
  return number
}

/** `seconds[.fraction]` as nanoseconds; digits beyond the ninth are cut. */
export const paxTimeNs = (records: PaxRecords, key: string): bigint | undefined => {
  const value = records.get(key)
  if (value === undefined || value.length === 0) return undefined
  const parts = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(value.toString('latin1'))
  const [, sign, seconds, fraction] = parts ?? []
  if (seconds === undefined) throw malformed(`PAX header: ${key} is not a time`)
  const ns = BigInt(seconds) * 1_000_000_000n + BigInt((fraction ?? '').slice(0, 9).padEnd(9, '0'))
  return sign === '-' ? -ns : ns
}

const xattrPrefix = 'SCHILY.xattr.'

export interface ArchivedXattr {
  readonly name: Buffer
  readonly value: Buffer
}

export const paxXattrs = (records: PaxRecords): ReadonlyArray<ArchivedXattr> =>
  [...records]
    .filter(([key]) => key.startsWith(xattrPrefix) && key.length > xattrPrefix.length)
    .map(([key, value]) => ({ name: Buffer.from(key.slice(xattrPrefix.length), 'latin1'), value }))
