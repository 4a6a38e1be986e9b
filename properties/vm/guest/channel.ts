/** The guest's end of the console channel: when a line is written, the host has it. */
import { createReadStream, openSync, readdirSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { GuestMessage } from '../messages.ts'

export class Channel {
  readonly #fd: number
  readonly #lines: AsyncIterator<string>

  constructor() {
    const port = readdirSync('/dev').find((name) => /^vport\d+p1$/.test(name))
    if (port === undefined) throw new Error('the machine has no console channel')
    this.#fd = openSync(`/dev/${port}`, 'r+')
    const input = createReadStream('', { fd: this.#fd, autoClose: false })
    this.#lines = createInterface({ input })[Symbol.asyncIterator]()
  }

  /** The device takes the bytes over before the call ends, so a later crash cannot unsay them. */
  tell(message: GuestMessage): void {
    const bytes = Buffer.from(`${JSON.stringify(message)}\n`)
    let done = 0
    while (done < bytes.length) done += writeSync(this.#fd, bytes, done)
  }

  /** The host's next line. */
  async hear(): Promise<string> {
    const next = await this.#lines.next()
    return next.done === true ? '' : next.value
  }
}
