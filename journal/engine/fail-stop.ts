/** After a failed append nothing is acknowledged on that handle (J5); reopening decides more. */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { JournalStore } from '../store/journal-store.ts'
import type { QueueEntry } from './commit-queue.ts'
import type { JournalHandle } from './journal-handle.ts'

export interface FailStopParts {
  readonly ports: Ports
  readonly journal: JournalHandle
  readonly onFatal: (exitCode: number, cause: string) => void
}

/** EX_TEMPFAIL of sysexits.h: a supervisor may try again later. */
export const journalLostExitCode = 75

const mostReopenings = 3
const reopenPauseMs = 200
const replenishEveryMs = 1_000

/** What frees space or only ends things goes on below the reserve; it is what helps. */
const allowedBelowReserve = new Set<Command['_tag']>([
  'StopContainer',
  'KillContainer',
  'RemoveContainer',
  'RemoveImage',
])

const clientCommands = new Set<Command['_tag']>([
  ...allowedBelowReserve,
  'CreateContainer',
  'StartContainer',
  'RestartContainer',
  'PauseContainer',
  'UnpauseContainer',
  'RenameContainer',
  'ExecInContainer',
  'LoadImage',
  'TagImage',
])

/** Entries whose records are all in the reopened store are durable; the others never happened. */
const isPresent = (entry: QueueEntry, store: JournalStore): boolean => {
  const last = entry.records[entry.records.length - 1]
  return last === undefined || last.seq <= store.head().seq
}

export class FailStop {
  readonly #parts: FailStopParts
  #cause: string | undefined
  #closed = false
  #gate: Promise<void> | undefined
  #open: () => void = () => undefined

  constructor(parts: FailStopParts) {
    this.#parts = parts
  }

  /** Why mutating commands are refused, or undefined. */
  get readOnly(): string | undefined {
    return this.#cause
  }

  get reopening(): boolean {
    return this.#gate !== undefined
  }

  get reopened(): Promise<void> {
    return this.#gate ?? Promise.resolve()
  }

  /** For good: nothing is appended any more. */
  closeFor(cause: string): void {
    this.#cause = cause
    this.#closed = true
  }

  /** The cause for which a command is refused at present, or undefined. */
  refuses(command: Command): string | undefined {
    if (this.#closed) return this.#cause
    if (this.#cause === undefined || !clientCommands.has(command._tag)) return undefined
    return this.reopening || !allowedBelowReserve.has(command._tag) ? this.#cause : undefined
  }

  /**
   * Reopens, tells each entry its fate, and answers whether the journal is in use again. `reset`
   * folds head again from what is durable; it runs before any entry is submitted anew.
   */
  async recover(
    cause: string,
    entries: ReadonlyArray<QueueEntry>,
    reset: () => Promise<void>,
  ): Promise<boolean> {
    this.#cause = cause
    this.#gate = new Promise((resolve) => (this.#open = resolve))
    const store = await this.#reopen()
    if (store === undefined) {
      for (const entry of entries) entry.failed('unknown')
      this.#parts.onFatal(journalLostExitCode, cause)
      return false
    }
    const present = entries.filter((entry) => isPresent(entry, store))
    for (const entry of present) entry.durable()
    await reset()
    this.#gate = undefined
    this.#open()
    for (const entry of entries) if (!present.includes(entry)) entry.failed('lost')
    this.#replenishLater()
    return true
  }

  async #reopen(): Promise<JournalStore | undefined> {
    for (let n = 1; n <= mostReopenings; n += 1) {
      const reopened = await this.#parts.journal.reopen()
      if (E.isRight(reopened)) return reopened.right
      this.#cause = reopened.left
      await this.#pause(reopenPauseMs)
    }
    return undefined
  }

  #pause(ms: number): Promise<void> {
    const { clock, timer } = this.#parts.ports
    return new Promise((resolve) => void timer.at(clock.now().monoMs + ms, resolve))
  }

  #replenishLater(): void {
    void this.#pause(replenishEveryMs).then(async () => {
      if (this.reopening) return
      if (await this.#parts.journal.replenish()) this.#cause = undefined
      else this.#replenishLater()
    })
  }
}
