/** Docker's json-file, made from the durable log: a projection that can go on where it stopped. */
import { open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { hasErrno } from '../errors/errno.ts'
import { LogReader, zuluTime, type LogLine } from './log-records.ts'
import { LogSequence } from './log-sequence.ts'
import { removeOlderFiles, rotate } from './rotation.ts'

export interface JsonLogPaths {
  /** conmon's k8s-file. */
  readonly durable: string
  readonly json: string
  /** How far the projection is; where it is lost, all is made anew. */
  readonly progress: string
}

export interface JsonLogLimits {
  readonly maxSizeBytes: number
  readonly maxFiles: number
}

const Progress = t.strict({ inode: t.number, offset: t.number, jsonBytes: t.number }, 'Progress')
type Progress = t.TypeOf<typeof Progress>

const lineText = ({ data, stream, time }: LogLine): string =>
  `${JSON.stringify({ log: data.toString('utf8'), stream, time: zuluTime(time) })}\n`

const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

const readProgress = async (path: string): Promise<Progress | undefined> => {
  try {
    const progress = Progress.decode(JSON.parse(await readFile(path, 'utf8')))
    return E.isRight(progress) ? progress.right : undefined
  } catch (error) {
    // A torn file says nothing: the projection is made anew.
    if (hasErrno(error, 'ENOENT') || error instanceof SyntaxError) return undefined
    throw error
  }
}

const append = async (path: string, text: string): Promise<number> => {
  const file = await open(path, 'a', 0o600)
  try {
    await file.write(text)
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

export class JsonLog {
  readonly #paths: JsonLogPaths
  readonly #limits: JsonLogLimits
  readonly #source: LogSequence
  #reader = new LogReader()
  #jsonBytes = 0
  #isOpen = false

  constructor(paths: JsonLogPaths, limits: JsonLogLimits) {
    this.#paths = paths
    this.#limits = limits
    this.#source = new LogSequence(paths.durable)
  }

  /**
   * Converts what was written since the last time; `isOver`: nothing more will be. False: a fast
   * writer has written more meanwhile.
   */
  async advance(isOver: boolean): Promise<boolean> {
    if ((await sizeOf(this.#paths.durable)) === undefined) return true
    if (!this.#isOpen) await this.#resume()
    // What the rotation would take away at once is not even made.
    const keptBytes = this.#limits.maxSizeBytes * this.#limits.maxFiles
    if (await this.#source.skipTo(keptBytes)) this.#reader = new LogReader()
    const isAtEnd = await this.#convert(isOver ? Infinity : keptBytes)
    if (isOver) await this.#write(this.#reader.finish())
    await this.#save()
    return isAtEnd
  }

  async #convert(mostBytes: number): Promise<boolean> {
    let bytes = 0
    for await (const block of this.#source.blocks()) {
      await this.#write(this.#reader.push(block))
      bytes += block.length
      if (bytes >= mostBytes) return false
    }
    return true
  }

  async close(): Promise<void> {
    await this.#source.close()
    this.#isOpen = false
  }

  /** From the noted place, with everything taken back that was written behind it; else anew. */
  async #resume(): Promise<void> {
    const noted = await readProgress(this.#paths.progress)
    const size = await sizeOf(this.#paths.json)
    this.#reader = new LogReader()
    this.#isOpen = true
    const goesOn =
      noted !== undefined && (size ?? 0) >= noted.jsonBytes && (await this.#source.to(noted))
    this.#jsonBytes = goesOn ? noted.jsonBytes : 0
    if (!goesOn) {
      await this.#source.toBegin()
      await removeOlderFiles(this.#paths.json)
    }
    if (size !== undefined) await truncate(this.#paths.json, this.#jsonBytes)
  }

  /** Rotates first: between two writes a file of the name is always there. */
  async #write(lines: ReadonlyArray<LogLine>): Promise<void> {
    if (lines.length === 0) return
    if (this.#jsonBytes >= this.#limits.maxSizeBytes) await this.#rotate()
    this.#jsonBytes = await append(this.#paths.json, lines.map(lineText).join(''))
  }

  /** A daemon that ends before the next note finds a shorter file, and makes all anew. */
  async #rotate(): Promise<void> {
    if (this.#limits.maxFiles === 1) await rm(this.#paths.json, { force: true })
    else await rotate(this.#paths.json, this.#limits.maxFiles)
  }

  /** Only places between two lines: the rest of a line that was begun could not be known. */
  async #save(): Promise<void> {
    if (!this.#reader.isBetweenLines) return
    const { inode, offset } = this.#source.place
    const progress: Progress = {
      inode,
      offset: offset - this.#reader.restBytes,
      jsonBytes: this.#jsonBytes,
    }
    const { progress: path } = this.#paths
    await writeFile(`${path}.new`, JSON.stringify(progress))
    await rename(`${path}.new`, path)
  }
}
