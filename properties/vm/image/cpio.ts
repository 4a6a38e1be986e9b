/** Writes a cpio archive in the kernel's `newc` form: what an initramfs is made of. */

export interface ArchiveEntry {
  readonly path: string
  /** Type and permissions, as in `stat`. */
  readonly mode: number
  readonly data?: Buffer
}

export const directoryMode = 0o040755
export const executableMode = 0o100755

const hex = (value: number): string => value.toString(16).padStart(8, '0')

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])

const encodeEntry = ({ path, mode, data = Buffer.alloc(0) }: ArchiveEntry, n: number): Buffer => {
  const name = Buffer.from(`${path}\0`)
  const links = 1
  const fields = [n, mode, 0, 0, links, 0, data.length, 0, 0, 0, 0, name.length, 0]
  const header = Buffer.from(`070701${fields.map(hex).join('')}`)
  return Buffer.concat([padded(Buffer.concat([header, name])), padded(data)])
}

/** Directories must come before what lies in them. */
export const encodeArchive = (entries: ReadonlyArray<ArchiveEntry>): Buffer =>
  Buffer.concat([
    ...entries.map((entry, n) => encodeEntry(entry, n + 1)),
    encodeEntry({ path: 'TRAILER!!!', mode: 0 }, 0),
  ])
