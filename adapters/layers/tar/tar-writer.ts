/** Headers of tar entries as we write them: ustar, with a PAX header where that is too narrow. */
import type { ArchivedXattr } from './pax.ts'
import type { TarEntryType } from './tar-entry.ts'
import { blockBytes } from './tar-header.ts'

export interface NewEntry {
  readonly type: TarEntryType
  readonly name: Buffer
  /** Empty for everything but links. */
  readonly linkName: Buffer
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** 0 for everything but files. */
  readonly sizeBytes: number
  readonly mtimeNs: bigint
  readonly deviceMajor: number
  readonly deviceMinor: number
  readonly xattrs: ReadonlyArray<ArchivedXattr>
}

const flags: Readonly<Record<TarEntryType, string>> = {
  file: '0',
  link: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
}

const nameBytes = 100
const largestSize = 0o77777777777
const largestId = 0o7777777
const billion = 1_000_000_000n

export const paddingBytes = (sizeBytes: number): number =>
  (blockBytes - (sizeBytes % blockBytes)) % blockBytes

/** The two blocks of zeros that end an archive. */
export const endOfArchive = (): Buffer => Buffer.alloc(2 * blockBytes)

/** A number that does not fit is 0 here and stands in the PAX header. */
const octal = (block: Buffer, value: number, at: number, length: number): void => {
  const digits = value.toString(8).padStart(length - 1, '0')
  block.write(digits.length < length ? digits : '0'.repeat(length - 1), at, 'latin1')
}

const header = (entry: NewEntry, flag: string): Buffer => {
  const block = Buffer.alloc(blockBytes)
  entry.name.copy(block, 0, 0, nameBytes)
  octal(block, entry.mode & 0o7777, 100, 8)
  octal(block, entry.uid, 108, 8)
  octal(block, entry.gid, 116, 8)
  octal(block, entry.sizeBytes, 124, 12)
  octal(block, Number(entry.mtimeNs < 0n ? 0n : entry.mtimeNs / billion), 136, 12)
  block.fill(' ', 148, 156)
  block.write(flag, 156, 'latin1')
  entry.linkName.copy(block, 157, 0, nameBytes)
  block.write('ustar\x0000', 257, 'latin1')
  octal(block, entry.deviceMajor, 329, 8)
  octal(block, entry.deviceMinor, 337, 8)
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** `length key=value\n`, where the length counts its own digits. */
const paxRecord = (key: string | Buffer, value: string | Buffer): Buffer => {
  const rest = Buffer.concat([
    Buffer.from(' '),
    Buffer.from(key),
    Buffer.from('='),
    Buffer.from(value),
    Buffer.from('\n'),
  ])
  let total = rest.length + 1
  while (String(total).length + rest.length !== total) total = rest.length + String(total).length
  return Buffer.concat([Buffer.from(String(total)), rest])
}

const paxTime = (ns: bigint): string => {
  const [sign, whole] = ns < 0n ? ['-', -ns] : ['', ns]
  return `${sign}${whole / billion}.${String(whole % billion).padStart(9, '0')}`
}

const paxRecords = (e: NewEntry): ReadonlyArray<Buffer> => [
  ...(e.name.length > nameBytes ? [paxRecord('path', e.name)] : []),
  ...(e.linkName.length > nameBytes ? [paxRecord('linkpath', e.linkName)] : []),
  ...(e.sizeBytes > largestSize ? [paxRecord('size', String(e.sizeBytes))] : []),
  ...(e.uid > largestId ? [paxRecord('uid', String(e.uid))] : []),
  ...(e.gid > largestId ? [paxRecord('gid', String(e.gid))] : []),
  ...(e.mtimeNs < 0n || e.mtimeNs % billion !== 0n ? [paxRecord('mtime', paxTime(e.mtimeNs))] : []),
  ...e.xattrs.map(({ name, value }) =>
    paxRecord(Buffer.concat([Buffer.from('SCHILY.xattr.'), name]), value),
  ),
]

/** All blocks before the data of an entry. */
export const entryHeader = (entry: NewEntry): Buffer => {
  const records = Buffer.concat(paxRecords(entry))
  const own = header(entry, flags[entry.type])
  if (records.length === 0) return own
  const pax = { ...entry, name: Buffer.from('PaxHeader'), linkName: Buffer.alloc(0), mode: 0o644 }
  return Buffer.concat([
    header({ ...pax, sizeBytes: records.length }, 'x'),
    records,
    Buffer.alloc(paddingBytes(records.length)),
    own,
  ])
}
