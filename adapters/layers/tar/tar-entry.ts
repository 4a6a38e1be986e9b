/** What one entry of an archive says, after long names, PAX records and sparse maps are applied. */
import { malformed, shownName } from './archive-error.ts'
import {
  paxInteger,
  paxName,
  paxTimeNs,
  paxXattrs,
  type ArchivedXattr,
  type PaxRecords,
} from './pax.ts'
import type { SparseFile } from './sparse.ts'
import type { TarHeader } from './tar-header.ts'

export type TarEntryType =
  'file' | 'directory' | 'symlink' | 'link' | 'character' | 'block' | 'fifo'

export interface TarEntry {
  readonly type: TarEntryType
  readonly name: Buffer
  readonly linkName: Buffer
  /** Permission bits with set-id and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of data in the archive; 0 for everything but files. */
  readonly storedBytes: number
  readonly mtimeNs: bigint
  readonly deviceMajor: number
  readonly deviceMinor: number
  readonly xattrs: ReadonlyArray<ArchivedXattr>
  readonly sparse?: SparseFile
}

const types: Readonly<Record<string, TarEntryType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
}

const typeOf = (header: TarHeader, name: Buffer): TarEntryType => {
  const type = types[header.type]
  if (type === undefined)
    throw malformed(`entry ${shownName(name)}: type ${JSON.stringify(header.type)} is unknown`)
  // Archives older than ustar mark a directory by the slash at the end of its name.
  return header.type === '\0' && name.at(-1) === 0x2f ? 'directory' : type
}

export interface EntryParts {
  readonly header: TarHeader
  readonly pax: PaxRecords
  /** GNU long name and long link name, where such entries came before. */
  readonly longName?: Buffer | undefined
  readonly longLinkName?: Buffer | undefined
}

/** -1 as an id means "leave as it is" to chown(2). */
const maxId = 0xffff_fffe

const id = (value: number, name: Buffer): number => {
  if (value > maxId) throw malformed(`entry ${shownName(name)}: owner ${value} is out of range`)
  return value
}

export const makeEntry = ({ header, pax, longName, longLinkName }: EntryParts): TarEntry => {
  const name = paxName(pax, 'path') ?? longName ?? header.name
  const type = typeOf(header, name)
  return {
    type,
    name,
    linkName: paxName(pax, 'linkpath') ?? longLinkName ?? header.linkName,
    mode: header.mode & 0o7777,
    uid: id(paxInteger(pax, 'uid') ?? header.uid, name),
    gid: id(paxInteger(pax, 'gid') ?? header.gid, name),
    storedBytes: type === 'file' ? (paxInteger(pax, 'size') ?? header.sizeBytes) : 0,
    mtimeNs: paxTimeNs(pax, 'mtime') ?? BigInt(header.mtimeSeconds) * 1_000_000_000n,
    deviceMajor: header.deviceMajor,
    deviceMinor: header.deviceMinor,
    xattrs: paxXattrs(pax),
  }
}
