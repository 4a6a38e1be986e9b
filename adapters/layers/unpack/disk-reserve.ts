/** Ends an unpacking before the disk is full: the journal lies there, too, and must go on. */
import { statfsSync } from 'node:fs'
import { SystemError } from '../../errors/system-error.ts'

/** The disk is asked once for so much data, or so many entries. */
const stepBytes = 1 << 20
const stepEntries = 256

/** What is left to the others: this much, or its part of a small disk. */
const maxReserveBytes = 256 << 20
const maxReserveEntries = 1 << 14
const smallDiskParts = 20

export class DiskReserve {
  readonly #path: string
  #bytes = 0
  #entries = 0

  /** `path` is any directory of that file system. */
  constructor(path: string) {
    this.#path = path
  }

  /** Throws `ENOSPC`. */
  beforeData(sizeBytes: number): void {
    this.#bytes += sizeBytes
    if (this.#bytes < stepBytes) return
    this.#bytes = 0
    this.#check()
  }

  /** Throws `ENOSPC`. */
  beforeEntry(): void {
    this.#entries += 1
    if (this.#entries < stepEntries) return
    this.#entries = 0
    this.#check()
  }

  #check(): void {
    const { bsize, blocks, bavail, files, ffree } = statfsSync(this.#path)
    const reserve = Math.min(maxReserveBytes, Math.round((blocks * bsize) / smallDiskParts))
    if (bavail * bsize < reserve)
      throw new SystemError('ENOSPC', `less than ${reserve} bytes are left on the disk`)
    // Some file systems have no fixed number of inodes and say 0.
    if (files > 0 && ffree < Math.min(maxReserveEntries, files / smallDiskParts))
      throw new SystemError('ENOSPC', 'nearly no inodes are left on the disk')
  }
}
