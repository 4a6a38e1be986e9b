/** Sparse files in tar: GNU's old format (type S) and PAX formats 0.1 and 1.0. */
import { malformed } from './archive-error.ts'
import { paxInteger, paxName, type PaxRecords } from './pax.ts'
import { blockBytes, numericField } from './tar-header.ts'

/** A piece of a sparse file that holds data; everything else is a hole. */
export interface Fragment {
  readonly offset: number
  readonly sizeBytes: number
}

export interface SparseFile {
  readonly realSizeBytes: number
  /** In order, not overlapping. */
  readonly fragments: ReadonlyArray<Fragment>
}

/** Checks what a map claims against the data that the archive stores for it. */
export const checkedSparse = (file: SparseFile, storedBytes: number): SparseFile => {
  if (file.realSizeBytes < 0) throw malformed('sparse file: the real size is negative')
  let [end, sum] = [0, 0]
  for (const { offset, sizeBytes } of file.fragments) {
    if (offset < end || sizeBytes < 0 || offset + sizeBytes > file.realSizeBytes)
      throw malformed('sparse file: the map does not fit the size')
    end = offset + sizeBytes
    sum += sizeBytes
  }
  if (sum !== storedBytes) throw malformed('sparse file: the map does not fit the stored data')
  return file
}

const pairs = (numbers: ReadonlyArray<number>): ReadonlyArray<Fragment> =>
  numbers.flatMap((offset, i) => {
    const sizeBytes = numbers[i + 1]
    return i % 2 === 1 || sizeBytes === undefined ? [] : [{ offset, sizeBytes }]
  })

const integer = (digits: string): number => {
  const value = /^\d{1,16}$/.test(digits) ? Number(digits) : NaN
  if (!Number.isSafeInteger(value)) throw malformed('sparse file: the map is not made of numbers')
  return value
}

/** Format 0.1: the map is in the PAX header. */
export const paxSparseMap = (
  records: PaxRecords,
): (SparseFile & { readonly name: Buffer | undefined }) | undefined => {
  const map = records.get('GNU.sparse.map')
  if (map === undefined) return undefined
  const numbers = map.length === 0 ? [] : map.toString('latin1').split(',').map(integer)
  if (numbers.length % 2 !== 0) throw malformed('sparse file: the map has an odd length')
  const realSizeBytes = paxInteger(records, 'GNU.sparse.size')
  if (realSizeBytes === undefined) throw malformed('sparse file: GNU.sparse.size is missing')
  return { realSizeBytes, fragments: pairs(numbers), name: paxName(records, 'GNU.sparse.name') }
}

/** Format 1.0: the data begins with the map. Answers the real size and name. */
export const paxSparseInData = (
  records: PaxRecords,
): { readonly realSizeBytes: number; readonly name: Buffer | undefined } | undefined => {
  if (paxInteger(records, 'GNU.sparse.major') !== 1) return undefined
  const realSizeBytes = paxInteger(records, 'GNU.sparse.realsize')
  if (paxInteger(records, 'GNU.sparse.minor') !== 0 || realSizeBytes === undefined)
    throw malformed('sparse file: unknown PAX format')
  return { realSizeBytes, name: paxName(records, 'GNU.sparse.name') }
}

const maxMapBytes = 1 << 20

/** The map of format 1.0, block by block: a count, then twice as many numbers, each on a line. */
export class DataMap {
  readonly #blocks: Array<Buffer> = []
  #lines = 0
  sizeBytes = 0

  add(block: Buffer): void {
    this.#blocks.push(block)
    this.sizeBytes += block.length
    if (this.sizeBytes > maxMapBytes) throw malformed('sparse file: the map is too long')
    for (let at = block.indexOf(0x0a); at >= 0; at = block.indexOf(0x0a, at + 1)) this.#lines += 1
  }

  /** Undefined while more blocks are needed. */
  fragments(): ReadonlyArray<Fragment> | undefined {
    const [first] = this.#blocks
    if (first === undefined) return undefined
    // No number is longer than 16 digits, so the first line ends in the first block.
    const count = integer(first.toString('latin1', 0, Math.max(first.indexOf(0x0a), 0)))
    if (this.#lines < 1 + 2 * count) return undefined
    const lines = Buffer.concat(this.#blocks).toString('latin1').split('\n')
    return pairs(lines.slice(1, 1 + 2 * count).map(integer))
  }
}

const gnuPairs = (block: Buffer, start: number, count: number): ReadonlyArray<Fragment> => {
  const fragments: Array<Fragment> = []
  for (let at = start; at < start + count * 24; at += 24) {
    if (block[at] === 0) break
    fragments.push({
      offset: numericField(block.subarray(at, at + 12), 'sparse offset'),
      sizeBytes: numericField(block.subarray(at + 12, at + 24), 'sparse size'),
    })
  }
  return fragments
}

export interface GnuSparseStart extends SparseFile {
  /** More of the map follows in blocks of its own. */
  readonly isExtended: boolean
}

/** Type S: four pieces and the real size are in the header. */
export const gnuSparseHeader = (block: Buffer): GnuSparseStart => ({
  realSizeBytes: numericField(block.subarray(483, 495), 'sparse real size'),
  fragments: gnuPairs(block, 386, 4),
  isExtended: block[482] === 1,
})

export const gnuSparseExtension = (
  block: Buffer,
): { readonly fragments: ReadonlyArray<Fragment>; readonly isExtended: boolean } => {
  if (block.length !== blockBytes) throw malformed('sparse file: a map block is cut')
  return { fragments: gnuPairs(block, 0, 21), isExtended: block[504] === 1 }
}
