/** Names of archive files: they tell the range of records, and sort in its order. */

/** Name of the archive folder below the daemon's root. */
export const archiveFolder = 'journal.archive'

/** A closed range of sequence numbers, both inclusive. */
export interface RecordRange {
  readonly from: number
  readonly to: number
}

const digits = 16
const suffix = '.jsonl.gz'
/** Of a file that is still being written. */
export const stagedSuffix = '.new'

const padded = (seq: number): string => String(seq).padStart(digits, '0')

export const archiveName = ({ from, to }: RecordRange): string =>
  `${padded(from)}-${padded(to)}${suffix}`

/** Undefined for every name that no archive has. */
export const rangeOfName = (name: string): RecordRange | undefined => {
  const match = /^([0-9]{16})-([0-9]{16})\.jsonl\.gz$/.exec(name)
  const [from, to] = [Number(match?.[1]), Number(match?.[2])]
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && 1 <= from && from <= to
    ? { from, to }
    : undefined
}
