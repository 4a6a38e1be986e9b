/** Parses conmon's k8s-file log: `TIME stdout|stderr P|F TEXT`; pieces (P) are joined to lines. */

export interface LogLine {
  /** RFC 3339 with nanoseconds, of the line's first piece. */
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** With its newline, except at the very end of a run that wrote none. */
  readonly data: Buffer
}

const newline = 0x0a

interface Piece {
  readonly time: string
  readonly stream: LogLine['stream']
  readonly isLast: boolean
  readonly text: Buffer
}

const head =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([PF]) /
const longestHead = 64

/** Undefined: not a record. */
const pieceOf = (record: Buffer): Piece | undefined => {
  const match = head.exec(record.subarray(0, longestHead).toString('latin1'))
  const [whole, time, stream, tag] = match ?? []
  if (whole === undefined || time === undefined) return undefined
  return {
    time,
    stream: stream === 'stderr' ? 'stderr' : 'stdout',
    isLast: tag === 'F',
    text: record.subarray(whole.length),
  }
}

interface Open {
  readonly time: string
  readonly pieces: Buffer[]
}

/** A line that never ends is handed over in parts of this size (bytes). */
const longestLine = 1024 * 1024

/** Fed with the file's bytes in order; hands over whole lines. */
export class LogReader {
  readonly #open = new Map<LogLine['stream'], Open>()
  #rest: Buffer = Buffer.alloc(0)
  #damagedBytes = 0
  #lastTime = '1970-01-01T00:00:00Z'

  /** Bytes at the end that make no whole record yet. */
  get restBytes(): number {
    return this.#rest.length
  }

  /** No line has been begun and not ended: who stops here can go on from here. */
  get isBetweenLines(): boolean {
    return this.#open.size === 0 && this.#damagedBytes === 0
  }

  /** The lines that `bytes` complete. */
  push(bytes: Buffer): ReadonlyArray<LogLine> {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const lines: LogLine[] = []
    let at = 0
    for (let end = all.indexOf(newline); end >= 0; end = all.indexOf(newline, at)) {
      lines.push(...this.#record(all.subarray(at, end)))
      at = end + 1
    }
    this.#rest = Buffer.from(all.subarray(at))
    return lines
  }

  /** What is still open when nothing more will come. */
  finish(): ReadonlyArray<LogLine> {
    this.#damagedBytes += this.#rest.length
    this.#rest = Buffer.alloc(0)
    const open = [...this.#open].map(([stream, { time, pieces }]): LogLine => ({
      time,
      stream,
      data: Buffer.concat(pieces),
    }))
    this.#open.clear()
    return [...open, ...this.#gap()]
  }

  #record(record: Buffer): ReadonlyArray<LogLine> {
    const piece = pieceOf(record)
    if (piece === undefined) {
      this.#damagedBytes += record.length + 1
      return []
    }
    const gap = this.#gap()
    this.#lastTime = piece.time
    return [...gap, ...this.#join(piece)]
  }

  #join({ time, stream, isLast, text }: Piece): ReadonlyArray<LogLine> {
    const open = this.#open.get(stream) ?? { time, pieces: [] }
    open.pieces.push(text)
    const size = open.pieces.reduce((sum, p) => sum + p.length, 0)
    if (!isLast && size < longestLine) {
      this.#open.set(stream, open)
      return []
    }
    this.#open.delete(stream)
    const end = isLast ? [Buffer.of(newline)] : []
    return [{ time: open.time, stream, data: Buffer.concat([...open.pieces, ...end]) }]
  }

  /** Reading goes on at the next whole record, and the reader is told (R-53). */
  #gap(): ReadonlyArray<LogLine> {
    if (this.#damagedBytes === 0) return []
    const text = `isulad: ${this.#damagedBytes} bytes of the log are unreadable here\n`
    this.#damagedBytes = 0
    return [{ time: this.#lastTime, stream: 'stderr', data: Buffer.from(text) }]
  }
}

/** RFC3339Nano with `Z`, as LogsResponse has it. */
export const zuluTime = (time: string): string => {
  const match = /^(.{19})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time)
  const [, seconds, fraction = '', zone] = match ?? []
  if (seconds === undefined || zone === undefined) return time
  const utc = new Date(`${seconds}${zone}`)
  if (Number.isNaN(utc.getTime())) return time
  const digits = fraction.replace(/0+$/, '')
  return `${utc.toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}Z`
}
