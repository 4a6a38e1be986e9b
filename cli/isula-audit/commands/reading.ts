/** What the commands that read the past share: objects, positions, and what stopped them. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { findObject } from '../../../journal/explain/objects.ts'
import type { Records } from '../../../journal/explain/container-streams.ts'
import { foldTo, type PastState } from '../../../journal/time-travel/fold-to.ts'
import { head, parsePosition, sequenceAt } from '../../../journal/time-travel/position.ts'
import { recordsOf } from '../../../journal/time-travel/proven.ts'
import type { JournalSource } from '../../../journal/time-travel/source.ts'

/** One command's view of a journal: only what can be proved, with a note of what cannot. */
export class Reading {
  readonly source: JournalSource
  readonly records: Records
  #stopped: string | undefined

  constructor(source: JournalSource) {
    this.source = source
    this.records = recordsOf(source, this.stop)
  }

  readonly stop = (why: string): void => {
    this.#stopped ??= why
  }

  /** False: something could not be read, so that the answer may lack the newest part. */
  get clean(): boolean {
    return this.#stopped === undefined && this.source.findings.length === 0
  }

  get notes(): ReadonlyArray<string> {
    const { findings, notes } = this.source
    return [
      ...notes,
      ...(findings.length === 0
        ? []
        : [`the journal has ${findings.length} finding(s): see 'isula-audit verify'`]),
      ...(this.#stopped === undefined ? [] : [`only what can be proved is told: ${this.#stopped}`]),
    ]
  }

  /** The stream of an object; undefined: no object was named. */
  async object(given: string | undefined): Promise<Either<string, string | undefined>> {
    return given === undefined ? E.right(undefined) : findObject(this.records, given)
  }

  /** Undefined: `fallback`. Left: the text is no position. */
  async sequence(
    text: string | undefined,
    fallback: number | 'head',
  ): Promise<Either<string, number>> {
    if (text === undefined && fallback !== 'head') return E.right(fallback)
    const position = text === undefined ? E.right(head) : parsePosition(text)
    if (E.isLeft(position)) return position
    return E.right(await sequenceAt(this.source, position.right, this.stop))
  }

  async stateAt(text: string | undefined): Promise<Either<string, PastState>> {
    const seq = await this.sequence(text, 'head')
    return E.isLeft(seq) ? seq : foldTo(this.source, seq.right, this.stop)
  }
}

export const notesText = (notes: ReadonlyArray<string>): string =>
  notes.map((note) => `note: ${note}\n`).join('')
