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
/** Time for the last answers to reach their clients before the daemon ends (ms). */
const lastWordsMs = 200

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
  'UpdateContainer',
  'ExecInContainer',
  'CopyFiles',
  'LoadImage',
  'TagImage',
])

/**
 * Entries whose records are all in the reopened store are durable; the first other one and all that
 * follow never happened: what carries no records may rest on what was lost.
 */
const firstLost = (entries: ReadonlyArray<QueueEntry>, store: JournalStore): number => {
  const { seq } = store.head()
  const lost = entries.findIndex(({ records }) => (records[records.length - 1]?.seq ?? 0) > seq)
  return lost === -1 ? entries.length : lost
}

export class FailStop {
  readonly #parts: FailStopParts
  #cause: string | undefined
  #closed = false
  #gate: Promise<void> | undefined
  #open: () => void = () => undefined
  #replenishing = false
  /** Reopenings since the last append that succeeded. */
  #fruitless = 0

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

  /** At a start on a full disk the reserve may have gone into opening the journal. */
  async checkReserve(): Promise<void> {
    if (await this.#parts.journal.replenish()) return
    this.#cause = 'no space left for the emergency reserve'
    this.#replenishLater()
  }

  /** An append succeeded on the present handle. */
  appended(): void {
    this.#fruitless = 0
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
      await this.#pause(lastWordsMs)
      this.#parts.onFatal(journalLostExitCode, this.#cause)
      return false
    }
    const lost = firstLost(entries, store)
    for (const entry of entries.slice(0, lost)) entry.durable()
    await reset()
    this.#gate = undefined
    // What was lost is submitted anew before what has come in the meantime: the order is kept.
    for (const entry of entries.slice(lost)) entry.failed('lost')
    this.#open()
    this.#replenishLater()
    return true
  }

  /** A handle on which no append succeeds is as good as one that does not open. */
  async #reopen(): Promise<JournalStore | undefined> {
    while (this.#fruitless < mostReopenings) {
      if (this.#fruitless > 0) await this.#pause(reopenPauseMs)
      this.#fruitless += 1
      const reopened = await this.#parts.journal.reopen()
      if (E.isRight(reopened)) return reopened.right
      this.#cause = reopened.left
    }
    return undefined
  }

  #pause(ms: number): Promise<void> {
    const { clock, timer } = this.#parts.ports
    return new Promise((resolve) => void timer.at(clock.now().monoMs + ms, resolve))
  }

  #replenishLater(): void {
    if (this.#replenishing) return
    this.#replenishing = true
    void this.#pause(replenishEveryMs).then(async () => {
      const isInPlace = !this.reopening && (await this.#parts.journal.replenish())
      this.#replenishing = false
      if (isInPlace && !this.reopening && !this.#closed) this.#cause = undefined
      else this.#replenishLater()
    })
  }
}
