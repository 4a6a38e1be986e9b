/** The engine: commands in, durable events out, effects run when they are due. */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import { concluded, type Conclusion } from '../../domain/conclusion.ts'
import type { Decided } from '../../domain/decision.ts'
import { operationId } from '../../domain/identity.ts'
import { done, type Outcome } from '../../domain/outcome.ts'
import type { Plan } from '../../domain/plan.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import { replay } from '../fold/replay.ts'
import type { World } from '../fold/world.ts'
import type { JournalStore } from '../store/journal-store.ts'
import {
  append,
  entityOfChange,
  entityOfCommand,
  nothingAppended,
  type Appended,
  type Numbers,
} from './appender.ts'
import { CommitQueue, type QueueEntry } from './commit-queue.ts'
import { DueLoop } from './due-loop.ts'
import { FailStop } from './fail-stop.ts'
import { Feed } from './feed.ts'
import { HostObserver } from './host-observer.ts'
import { recoverFromHost } from './host-recovery.ts'
import type { JournalHandle } from './journal-handle.ts'
import { answerOfPast, isOpenIn } from './past-request.ts'
import { RunnerShell } from './runner-shell.ts'
import { SnapshotTaker } from './snapshot-taker.ts'
import { ownSubmitter, type Submitter, type SubmitResult } from './submission.ts'
import { Waiters } from './waiters.ts'

export interface EngineLog {
  readonly info: (message: string) => void
  readonly warn: (message: string) => void
  readonly debug: (message: string) => void
}

export interface EngineParts {
  readonly ports: Ports
  readonly journal: JournalHandle
  readonly version: string
  readonly pid: number
  readonly log: EngineLog
  /** The journal cannot be opened any more: the daemon ends with this code (75). */
  readonly onFatal: (exitCode: number, cause: string) => void
}

export class Engine {
  readonly feed = new Feed()
  readonly #parts: EngineParts
  readonly #durable: World
  #head: World
  readonly #numbers: Numbers
  readonly #queue: CommitQueue
  readonly #waiters = new Waiters()
  readonly #runner: RunnerShell
  readonly #due: DueLoop
  readonly #observer: HostObserver
  readonly #failStop: FailStop
  /** Answers of requests that are still being worked on, by request id. */
  readonly #requests = new Map<string, Promise<SubmitResult>>()
  /** Newest event of each stream since the start: what led to the engine's next record of it. */
  readonly #latestSeq = new Map<string, number>()
  #lastWallMs: number
  readonly #snapshots: SnapshotTaker
  /** Cuts of the journal that are recorded, or that the caller of `start` records. */
  #cuts: number
  #running = false
  #stopped = false

  private constructor(
    parts: EngineParts,
    replayed: { readonly world: World; readonly lastWallMs: number; readonly folded: number },
    streams: ReadonlyMap<string, number>,
  ) {
    this.#parts = parts
    this.#durable = replayed.world
    this.#head = replayed.world.copy()
    this.#lastWallMs = replayed.lastWallMs
    this.#snapshots = new SnapshotTaker(
      { world: this.#durable, store: parts.journal.store, log: parts.log.warn },
      replayed.folded,
    )
    this.#numbers = { seq: parts.journal.store().head().seq, streams: new Map(streams) }
    const submit = (command: Command): void => this.record(command, 'engine')
    this.#runner = new RunnerShell(parts.ports, {
      concluded: (plan, conclusion) => this.#concluded(plan, conclusion),
      traced: (line) => parts.log.debug(line),
    })
    this.#due = new DueLoop({
      world: this.#durable,
      runner: this.#runner,
      ...parts.ports,
      submit: (command) => this.record(command, 'policy'),
    })
    this.#observer = new HostObserver({
      world: this.#durable,
      ports: parts.ports,
      submit,
      log: parts.log.warn,
    })
    this.#failStop = new FailStop(parts)
    this.#cuts = parts.journal.cuts?.().length ?? 0
    this.#queue = new CommitQueue(parts.journal.store, {
      committed: () => this.#committed(),
      failed: (error, entries) => this.#appendFailed(error, entries),
    })
  }

  /** Folds the journal; nothing runs before `start`. */
  static async open(parts: EngineParts): Promise<Engine> {
    const store = parts.journal.store()
    return new Engine(parts, await replay(store), await store.streamHeads())
  }

  /** The durable fold: what queries, replies and subscribers see. Not to be changed by readers. */
  get world(): World {
    return this.#durable
  }

  get store(): JournalStore {
    return this.#parts.journal.store()
  }

  /** Why mutating commands are refused at present, or undefined. */
  get readOnly(): string | undefined {
    return this.#failStop.readOnly
  }

  get effectsInFlight(): number {
    return this.#runner.inFlight
  }

  /** Looks at the host, records what it means, then lets everything run that is due. */
  async start(extra: ReadonlyArray<Command> = []): Promise<void> {
    const { ports, version, pid } = this.#parts
    const lastAliveWallMs = this.#lastWallMs
    await this.#failStop.checkReserve()
    for (const command of extra) await this.submit(command, ownSubmitter('engine'))
    const { boot } = ports.clock.now()
    const started: Command = { _tag: 'RecordEngineStarted', version, boot, pid }
    await this.submit(started, ownSubmitter('engine'))
    await this.#recover(this.#numbers.seq, lastAliveWallMs)
    this.#running = true
    this.#due.askAll(true)
    this.#observer.start()
  }

  /** Clean end: containers go on, nothing new starts, the last word is durable. */
  async stop(signal: string): Promise<void> {
    this.#due.stop()
    this.#observer.stop()
    this.#runner.stop()
    await this.submit({ _tag: 'RecordEngineStopped', signal }, ownSubmitter('engine'))
    this.#stopped = true
    if (this.#queue.idle && this.readOnly === undefined)
      await this.#snapshots.take(this.#lastWallMs)
  }

  /** A damaged journal: queries go on, every command is refused for good. */
  refuseAll(cause: string): void {
    this.#failStop.closeFor(cause)
  }

  /** The daemon was killed: nothing more happens through this object (simulated crashes). */
  abandon(): void {
    this.#stopped = true
    this.#running = false
    this.#due.stop()
    this.#observer.stop()
    this.#runner.stop()
  }

  /** Never rejects. With a request id, a repetition gets the first answer (I12). */
  submit(command: Command, by: Submitter): Promise<SubmitResult> {
    if (by.requestId === '') return this.#submitOnce(command, by)
    const open = this.#requests.get(by.requestId)
    if (open !== undefined) return open
    const answer = this.#submitNew(command, by).finally(() => this.#requests.delete(by.requestId))
    this.#requests.set(by.requestId, answer)
    return answer
  }

  /** The engine's own commands: outcomes, observations, policies. Nobody waits for them. */
  record(command: Command, actor: string): void {
    if (this.#stopped) return
    const causation = this.#latestSeq.get(entityOfCommand(command)) ?? 0
    void this.#submitOnce(command, ownSubmitter(actor, causation))
  }

  async #submitNew(command: Command, by: Submitter): Promise<SubmitResult> {
    if (this.#failStop.reopening) return this.#submitOnce(command, by)
    const past = await answerOfPast(this.store, by.requestId, (operation) =>
      this.#waiters.open.includes(operation) || isOpenIn(this.#durable, operation)
        ? this.#waiters.wait(operation)
        : undefined,
    )
    return past ?? this.#submitOnce(command, by)
  }

  async #submitOnce(command: Command, by: Submitter): Promise<SubmitResult> {
    const refused = this.#failStop.refuses(command)
    if (refused !== undefined) return E.left({ _tag: 'JournalReadOnly', cause: refused })
    while (this.#failStop.reopening) await this.#failStop.reopened
    const { clock, entropy } = this.#parts.ports
    const context = { now: clock.now(), operation: operationId(entropy.hex(16)) }
    const appended = append(this.#head, this.#numbers, command, { ...by, context })
    if (E.isLeft(appended)) {
      // A refusal may rest on events that are not durable yet: it waits for them.
      const fate = await this.#commit(nothingAppended)
      return fate === 'durable' ? appended : this.#afterLoss(command, by, fate)
    }
    const { decided, recorded } = appended.right
    const answer = this.#answerOf(decided)
    const fate = await this.#commit(appended.right)
    if (fate !== 'durable') return this.#afterLoss(command, by, fate)
    for (const resolution of decided.resolved) this.#waiters.resolveEarly(resolution)
    return E.right({ outcome: await answer, events: recorded.map((r) => r.event) })
  }

  /** What was lost is decided anew: most clients are refused then, the engine's own are kept. */
  #afterLoss(command: Command, by: Submitter, fate: 'lost' | 'unknown'): Promise<SubmitResult> {
    if (fate === 'unknown')
      return Promise.resolve(E.left({ _tag: 'OutcomeUnknown', requestId: by.requestId }))
    return this.#submitOnce(command, by)
  }

  /** Registers the waiter before anything can resolve it. */
  #answerOf(decided: Decided): Promise<Outcome> {
    return decided.reply === 'now'
      ? Promise.resolve(done)
      : this.#waiters.wait(decided.reply.whenResolved)
  }

  #commit(appended: Appended): Promise<'durable' | 'lost' | 'unknown'> {
    if (appended.records.length === 0 && this.#queue.idle) return Promise.resolve('durable')
    return new Promise((resolve) => {
      this.#queue.enqueue({
        records: appended.records,
        durable: () => {
          this.#becameDurable(appended)
          resolve('durable')
        },
        failed: (fate) => resolve(fate),
      })
    })
  }

  #becameDurable(appended: Appended): void {
    const entities = new Set<string>()
    for (const [i, step] of appended.steps.entries()) {
      this.#durable.apply(step.change)
      entities.add(entityOfChange(step.change))
      for (const resolution of step.resolutions) this.#waiters.resolve(resolution)
      const recorded = appended.recorded[i]
      if (recorded === undefined) continue
      if (step.change.after === undefined) this.#latestSeq.delete(recorded.envelope.stream)
      else this.#latestSeq.set(recorded.envelope.stream, recorded.envelope.seq)
      this.feed.publish(recorded)
    }
    if (appended.steps.length === 0 || this.#stopped) return
    this.#lastWallMs = appended.recorded[appended.recorded.length - 1]?.envelope.at ?? 0
    this.#snapshots.count(appended.steps.length)
    if (!this.#running) return
    for (const entity of entities) this.#due.ask(entity, false)
    for (const { change } of appended.steps)
      if (change.kind === 'container') this.#observer.follow(change.id)
  }

  #committed(): void {
    this.#failStop.appended()
    if (this.#stopped) return
    this.#parts.journal.committed()
    if (this.#snapshots.isDue && this.readOnly === undefined)
      void this.#snapshots.take(this.#lastWallMs)
  }

  #concluded(plan: Plan, conclusion: Conclusion): void {
    const { subject } = plan
    if (
      subject._tag === 'Exec' &&
      conclusion._tag === 'Applied' &&
      conclusion.value._tag === 'Processes'
    )
      this.#observer.followExec(subject.id, subject.exec, conclusion.value.launched)
    const command = concluded(plan, conclusion)
    if (command !== undefined) this.record(command, 'engine')
  }

  async #recover(causation: number, lastAliveWallMs: number): Promise<void> {
    const { ports, log } = this.#parts
    const recovery = await recoverFromHost({ world: this.#durable, ports, lastAliveWallMs })
    if (E.isLeft(recovery)) return log.warn(recovery.left)
    const { commands, findings } = recovery.right
    const by = ownSubmitter('recovery', causation)
    for (const command of commands) await this.#submitOnce(command, by)
    await this.#submitOnce({ _tag: 'RecordRecovery', findings }, by)
  }

  #appendFailed(error: unknown, entries: ReadonlyArray<QueueEntry>): void {
    const cause = error instanceof Error ? error.message : String(error)
    this.#parts.log.warn(`journal append failed: ${cause}`)
    void this.#failStop.recover(cause, entries, async () => {
      const streams = await this.store.streamHeads()
      this.#numbers.seq = this.store.head().seq
      this.#numbers.streams.clear()
      for (const [stream, seq] of streams) this.#numbers.streams.set(stream, seq)
      this.#head = this.#durable.copy()
      this.#queue.resume()
      this.#parts.journal.committed()
      this.#recordCuts()
    })
  }

  /** A reopening may have cut a torn tail: that is recorded as soon as records are taken again. */
  #recordCuts(): void {
    const all = this.#parts.journal.cuts?.() ?? []
    for (const { file, offset, bytes } of all.slice(this.#cuts))
      this.record({ _tag: 'RecordJournalTailCut', file, offset, bytes }, 'engine')
    this.#cuts = all.length
  }
}
