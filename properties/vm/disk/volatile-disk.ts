/** A disk with a volatile write cache: what no flush has covered may be lost when power goes. */
import { readSync, writeSync } from 'node:fs'

export const sectorBytes = 512

interface CachedWrite {
  readonly offset: number
  readonly data: Buffer
  /** Forced unit access: on the medium at once, kept here only for its place in the order. */
  readonly forced: boolean
}

/** What one power cut did to the cache. */
export interface CutLoss {
  readonly unflushedWrites: number
  readonly droppedWrites: number
  /** Writes of which some sectors arrived and others did not. */
  readonly tornWrites: number
  readonly droppedBytes: number
}

const writeAll = (fd: number, data: Buffer, offset: number): void => {
  let done = 0
  while (done < data.length) done += writeSync(fd, data, done, data.length - done, offset + done)
}

const readAll = (fd: number, into: Buffer, offset: number): void => {
  let done = 0
  while (done < into.length) {
    const count = readSync(fd, into, done, into.length - done, offset + done)
    if (count === 0) throw new Error(`the medium ends before ${offset + into.length}`)
    done += count
  }
}

/** Offsets and lengths are multiples of the sector. The medium is the open file `fd`. */
export class VolatileDisk {
  readonly sizeBytes: number
  readonly #fd: number
  #order: CachedWrite[] = []
  /** The newest content of each sector that the cache holds. */
  readonly #newest = new Map<number, Buffer>()
  flushes = 0
  /** Called after each write that waits in the cache, with how many wait now. */
  onCached: (waiting: number) => void = () => undefined

  constructor(fd: number, sizeBytes: number) {
    this.#fd = fd
    this.sizeBytes = sizeBytes
  }

  get unflushedWrites(): number {
    return this.#order.filter(({ forced }) => !forced).length
  }

  read(offset: number, length: number): Buffer {
    const data = Buffer.alloc(length)
    readAll(this.#fd, data, offset)
    if (this.#newest.size === 0) return data
    for (let at = 0; at < length; at += sectorBytes)
      this.#newest.get((offset + at) / sectorBytes)?.copy(data, at)
    return data
  }

  write(offset: number, data: Buffer, forced = false): void {
    if (forced) writeAll(this.#fd, data, offset)
    this.#order.push({ offset, data, forced })
    for (let at = 0; at < data.length; at += sectorBytes)
      this.#newest.set((offset + at) / sectorBytes, data.subarray(at, at + sectorBytes))
    if (!forced) this.onCached(this.#order.length)
  }

  flush(): void {
    for (const { offset, data } of this.#order) writeAll(this.#fd, data, offset)
    this.#forget()
    this.flushes += 1
  }

  /**
   * The power goes. Of the cached writes a random subset had reached the medium, in any order, each
   * wholly or only some of its sectors; `random` gives numbers in [0, 1).
   */
  cut(random: () => number): CutLoss {
    const keepShare = random()
    const tearShare = random() / 2
    let [droppedWrites, tornWrites, droppedBytes] = [0, 0, 0]
    const unflushedWrites = this.unflushedWrites
    for (const { offset, data, forced } of this.#order) {
      if (forced || random() < keepShare) {
        writeAll(this.#fd, data, offset)
      } else if (data.length > sectorBytes && random() < tearShare) {
        const lost = this.#tear(offset, data, random)
        if (lost > 0) tornWrites += 1
        droppedBytes += lost
      } else {
        droppedWrites += 1
        droppedBytes += data.length
      }
    }
    this.#forget()
    return { unflushedWrites, droppedWrites, tornWrites, droppedBytes }
  }

  /** Answers how many bytes were dropped. */
  #tear(offset: number, data: Buffer, random: () => number): number {
    let dropped = 0
    for (let at = 0; at < data.length; at += sectorBytes) {
      const sector = data.subarray(at, at + sectorBytes)
      if (random() < 0.5) writeAll(this.#fd, sector, offset + at)
      else dropped += sector.length
    }
    return dropped
  }

  #forget(): void {
    this.#order = []
    this.#newest.clear()
  }
}
