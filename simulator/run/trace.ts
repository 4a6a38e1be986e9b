/** What happened in a run, line by line, and a hash by which two runs are compared (M4). */
import { createHash } from 'node:crypto'

/** Ids are told apart by their first digits. */
const shorten = (text: string): string => text.replace(/\b([0-9a-f]{4})[0-9a-f]{28,60}\b/g, '$1')

export class Trace {
  readonly #lines: string[] = []
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  add(line: string): void {
    this.#lines.push(`${this.#nowMs()} ${line}`)
  }

  get hash(): string {
    return createHash('sha256').update(this.#lines.join('\n')).digest('hex')
  }

  /** For people. */
  get text(): string {
    return this.#lines
      .map((line) => {
        const space = line.indexOf(' ')
        return `${line.slice(0, space).padStart(8)} ms  ${shorten(line.slice(space + 1))}`
      })
      .join('\n')
  }
}
