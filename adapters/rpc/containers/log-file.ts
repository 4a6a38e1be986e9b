/** One reader's place in a log file. */
import type { FileHandle } from 'node:fs/promises'
import { LogReader, type LogLine } from './log-records.ts'
import { tailOffset } from './log-tail.ts'

const blockBytes = 64 * 1024
/** So many lines more than wanted are held before the oldest are let go. */
const slackLines = 4_096

export class LogFile {
  readonly #file: FileHandle
  readonly #reader = new LogReader()
  #at = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** Whole lines up to the present end of the file, in groups. */
  async *available(): AsyncGenerator<ReadonlyArray<LogLine>> {
    const block = Buffer.alloc(blockBytes)
    for (;;) {
      const { bytesRead } = await this.#file.read(block, 0, blockBytes, this.#at)
      if (bytesRead === 0) return
      this.#at += bytesRead
      yield this.#reader.push(Buffer.from(block.subarray(0, bytesRead)))
    }
  }

  /** The last `count` lines up to the present end; `whole`: an unfinished one counts as well. */
  async tail(count: number, whole: boolean): Promise<ReadonlyArray<LogLine>> {
    const { size } = await this.#file.stat()
    this.#at = count === 0 ? size : await tailOffset(this.#file, size, count)
    if (count === 0) return []
    const kept: LogLine[] = []
    for await (const lines of this.available()) {
      kept.push(...lines)
      if (kept.length > count + slackLines) kept.splice(0, kept.length - count)
    }
    if (whole) kept.push(...this.rest())
    return kept.slice(-count)
  }

  /** What is still open when nothing more will be written. */
  rest(): ReadonlyArray<LogLine> {
    return this.#reader.finish()
  }
}
