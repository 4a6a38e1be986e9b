/** Reads a log through its rotated files: the oldest first, then on into each newer one. */
import { open, stat, type FileHandle } from 'node:fs/promises'
import { hasErrno } from '../errors/errno.ts'
import { tailOffset } from './log-tail.ts'
import { logFiles } from './rotation.ts'

/** A place in a log: the file by its inode, as its name changes, and the byte in it. */
export interface LogPlace {
  readonly inode: number
  readonly offset: number
}

const blockBytes = 64 * 1024
const newline = 0x0a

const inodeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).ino
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

const openIfPresent = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

export class LogSequence {
  readonly #path: string
  #file: FileHandle | undefined
  #inode = 0
  #offset = 0
  /** The rest of the record that this place lies in is passed over. */
  #isInRecord = false

  constructor(path: string) {
    this.#path = path
  }

  get place(): LogPlace {
    return { inode: this.#inode, offset: this.#offset }
  }

  /** To the begin of the oldest file. False: there is no file. */
  async toBegin(): Promise<boolean> {
    for (const path of await logFiles(this.#path)) if (await this.#enter(path, 0)) return true
    return false
  }

  /** False where the file of this place is gone. */
  async to(place: LogPlace): Promise<boolean> {
    for (const path of await logFiles(this.#path))
      if ((await inodeOf(path)) === place.inode && (await this.#enter(path, place.offset)))
        return this.#inode === place.inode
    return false
  }

  /** To a place with at least so many lines behind it, or to the begin where there are fewer. */
  async toTail(lines: number): Promise<boolean> {
    for (const path of [...(await logFiles(this.#path))].reverse()) {
      if (!(await this.#enter(path, 0)) || this.#file === undefined) continue
      const { size } = await this.#file.stat()
      this.#offset = lines === 0 ? size : await tailOffset(this.#file, size, lines)
      if (this.#offset > 0 || lines === 0) return true
    }
    return this.#file !== undefined
  }

  /** Passes over what lies more than `bytes` before the end of the present file. */
  async skipTo(bytes: number): Promise<boolean> {
    const size = (await this.#file?.stat())?.size ?? 0
    if (size - this.#offset <= bytes) return false
    this.#offset = size - bytes
    this.#isInRecord = true
    return true
  }

  /** Blocks up to the present end of the newest file. */
  async *blocks(): AsyncGenerator<Buffer> {
    if (this.#file === undefined && !(await this.toBegin())) return
    for (;;) {
      // Asked first: what was written to the old file before the new one came is still read.
      const newer = await this.#newer()
      yield* this.#restOfFile()
      if (newer === undefined || !(await this.#enter(newer, 0))) return
    }
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async *#restOfFile(): AsyncGenerator<Buffer> {
    for (;;) {
      const block = Buffer.allocUnsafe(blockBytes)
      const read = await this.#file?.read(block, 0, blockBytes, this.#offset)
      if (read === undefined || read.bytesRead === 0) return
      this.#offset += read.bytesRead
      yield this.#fromRecord(block.subarray(0, read.bytesRead))
    }
  }

  #fromRecord(block: Buffer): Buffer {
    if (!this.#isInRecord) return block
    const end = block.indexOf(newline)
    if (end < 0) return block.subarray(block.length)
    this.#isInRecord = false
    return block.subarray(end + 1)
  }

  /** The next newer file, once there is one; the oldest where ours was rotated away. */
  async #newer(): Promise<string | undefined> {
    const paths = await logFiles(this.#path)
    const present: Array<{ readonly path: string; readonly inode: number }> = []
    for (const path of paths) {
      const inode = await inodeOf(path)
      if (inode !== undefined) present.push({ path, inode })
    }
    const at = present.findIndex(({ inode }) => inode === this.#inode)
    return present[at + 1]?.path
  }

  async #enter(path: string, offset: number): Promise<boolean> {
    const file = await openIfPresent(path)
    if (file === undefined) return false
    await this.close()
    this.#file = file
    this.#inode = (await file.stat()).ino
    this.#offset = offset
    this.#isInRecord = false
    return true
  }
}
