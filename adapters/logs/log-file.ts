/** One reader's place in the log of a container, and the lines from there on. */
import { LogReader, type LogLine } from './log-records.ts'
import { LogSequence } from './log-sequence.ts'

/** So many lines more than wanted are held before the oldest are let go. */
const slackLines = 4_096

export type LineTest = (line: LogLine) => boolean

export class LogFile {
  readonly #source: LogSequence
  readonly #reader = new LogReader()
  readonly #test: LineTest
  readonly #isWhole: boolean

  /** Only lines that pass the test are given; without one all are. */
  constructor(path: string, test?: LineTest) {
    this.#source = new LogSequence(path)
    this.#test = test ?? (() => true)
    this.#isWhole = test === undefined
  }

  /** Whole lines up to the present end of the log, in groups. */
  async *available(): AsyncGenerator<ReadonlyArray<LogLine>> {
    for await (const block of this.#source.blocks())
      yield this.#reader.push(block).filter(this.#test)
  }

  /** The last `count` lines up to the present end; `whole`: an unfinished one counts as well. */
  async tail(count: number, whole: boolean): Promise<ReadonlyArray<LogLine>> {
    // How many lines do not pass is not known, so that a test needs the log from its begin.
    const found = this.#isWhole || count === 0 ? await this.#source.toTail(count) : true
    if (count === 0 || !found) return []
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
    return this.#reader.finish().filter(this.#test)
  }

  close(): Promise<void> {
    return this.#source.close()
  }
}
