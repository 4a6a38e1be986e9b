/** A host, a journal, clients and one daemon after the other, under one schedule. */
import * as E from 'fp-ts/lib/Either.js'
import type { Engine } from '../../journal/engine/engine.ts'
import type { SubmitResult } from '../../journal/engine/submission.ts'
import {
  memoryJournal,
  type AppendFault,
  type MemoryJournal,
} from '../../journal/store/memory-store.ts'
import type { DaemonLife } from '../doubles/daemon-life.ts'
import { simulatedPorts } from '../doubles/simulated-ports.ts'
import type { CrashPlan } from '../faults/crash.ts'
import type { PlantedBug } from '../faults/planted.ts'
import { SimulatedHost, type Programs } from '../host/simulated-host.ts'
import { DurableIntents } from '../oracles/intents.ts'
import { drained } from '../schedule/drained.ts'
import { noFaults, plainly, type FaultSource, type Possible } from '../faults/fault-source.ts'
import { Prng } from '../schedule/prng.ts'
import { Scheduler } from '../schedule/scheduler.ts'
import { makeClient, type Call, type Client } from './client.ts'
import { Daemon } from './daemon.ts'
import { Trace } from './trace.ts'
import type { Violation } from './violation.ts'

export interface SimulationOptions {
  readonly seed: number
  readonly programs: Programs
  readonly crash: CrashPlan
  readonly planted?: PlantedBug | undefined
  /** What goes wrong besides the crash plan. */
  readonly faults?: FaultSource | undefined
}

export interface Answered {
  readonly call: Call
  readonly result: SubmitResult
}

/** How long a killed daemon stays away (ms): the host goes on meanwhile. */
const absencesMs = [3, 300, 12_000] as const
const rebootMs = 20_000

const appendFaults: ReadonlyArray<Possible> = [
  { kind: 'append-error', detail: (chance) => chance.pick(['EIO lost', 'EIO kept']) },
  { kind: 'sync-error', detail: (chance) => chance.pick(['EIO kept', 'EIO lost']) },
  { kind: 'disk-full', detail: () => 'ENOSPC lost' },
]

export class Simulation {
  readonly prng: Prng
  readonly scheduler: Scheduler
  readonly host: SimulatedHost
  readonly journal: MemoryJournal
  readonly trace: Trace
  readonly violations: Violation[] = []
  readonly answers: Answered[] = []
  /** Why clients are not done, by reason. */
  readonly waiting = new Set<string>()
  /** Boundaries passed per generation while crashes were allowed. */
  readonly boundaries: number[] = []
  /** Boundaries per generation before its first lull: those of its recovery. */
  readonly recoveryBoundaries: number[] = []
  readonly faults: FaultSource
  /** Effects that were invoked on the host. */
  effects = 0
  /** The configured runtime is not there, from the next start of the daemon on (K10). */
  runtimeMissing = false
  /** Calls whose client has gone away: nobody waits for their answer. */
  readonly gone = new Set<string>()
  readonly #options: SimulationOptions
  readonly #intents: DurableIntents
  #calls: Call[] = []
  #armed = false
  #daemon: Daemon | undefined
  #close: () => void = () => undefined
  #cancelOpening: () => void = () => undefined
  #generation = 0
  /** The daemon to which the client of a copy has a stream: it ends with it. */
  readonly #streams = new Map<string, number>()
  #onBegin: () => void = () => undefined

  constructor(options: SimulationOptions) {
    this.#options = options
    this.prng = new Prng(options.seed)
    this.scheduler = new Scheduler(this.prng)
    this.trace = new Trace(() => this.scheduler.nowMs)
    this.host = new SimulatedHost({
      scheduler: this.scheduler,
      programs: options.programs,
      trace: (line) => this.trace.add(line),
      violated: (id, detail) => this.violated(id, detail),
    })
    this.faults = options.faults ?? noFaults()
    this.journal = memoryJournal({
      nonce: 'simulation',
      gate: () => this.#gate(),
      fault: () => this.#appendFault(),
    })
    this.#intents = new DurableIntents(() => this.journal.records())
  }

  get engine(): Engine | undefined {
    return this.#daemon?.serving
  }

  /** A daemon lives, whether it serves already or not. */
  get isRunning(): boolean {
    return this.#daemon?.alive === true
  }

  /** Once, when the next daemon begins. */
  whenNextBegins(call: () => void): void {
    this.#onBegin = call
  }

  get generation(): number {
    return this.#generation
  }

  violated(id: string, detail: string): void {
    this.trace.add(`VIOLATED ${id}: ${detail}`)
    this.violations.push({ id, detail, atMs: this.scheduler.nowMs })
  }

  /** From now on the crash plan is asked. */
  arm(isArmed: boolean): void {
    this.#armed = isArmed
  }

  client(name: string): Client {
    return makeClient(name, {
      submit: (call) => {
        this.#calls.push(call)
        this.#send(call)
      },
      at: (delayMs, run) => {
        const atMs = this.scheduler.nowMs + delayMs
        this.scheduler.add({ owner: 'client', kind: 'timer', atMs, run })
      },
      world: () => this.engine?.world,
      rebootHost: () => this.rebootHost(),
      pending: (reason) => {
        this.waiting.add(reason)
        return () => void this.waiting.delete(reason)
      },
    })
  }

  openDaemon(): void {
    this.#generation += 1
    this.#daemon = undefined
    const generation = this.#generation
    const life = this.#life(generation)
    const { planted } = this.#options
    const { ports: own, close } = simulatedPorts(life)
    const ports = planted?.ports?.(own) ?? own
    const later = (work: () => void): void => void this.scheduler.soon(life.owner, work)
    const open = () => {
      const store = this.journal.open()
      return planted?.store?.(bound(store), { ports: own, host: this.host, later }) ?? store
    }
    let store = open()
    this.#close = close
    this.trace.add(`daemon ${generation} begins`)
    this.#daemon = new Daemon({
      generation,
      ports,
      journal: {
        store: () => store,
        reopen: () => Promise.resolve(E.right((store = open()))),
        replenish: () => Promise.resolve(true),
        committed: () => undefined,
      },
      log: (line) => this.trace.add(`daemon ${generation}: ${line}`),
      started: () => {
        this.trace.add(`daemon ${generation} serves`)
        for (const call of this.#calls) this.#send(call)
      },
      broke: (error) => this.broke(error),
      onFatal: (cause) => this.violated('J5', cause),
    })
    const begun = this.#onBegin
    this.#onBegin = () => undefined
    begun()
  }

  /** An exception where failure is a value: the rules or the engine are wrong (D1, D2). */
  broke(error: unknown): void {
    this.violated('D1', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }

  /** SIGKILL of the daemon; another one follows. */
  crash(why: string, keepInFlight = this.prng.oneIn(2)): void {
    this.#kill(why, keepInFlight)
    this.#openAfter(this.prng.pick(absencesMs))
  }

  rebootHost(): void {
    if (this.#daemon?.alive === true) this.#kill('host reboot', this.prng.oneIn(2))
    this.host.reboot()
    this.#openAfter(rebootMs)
  }

  /** Runs until `isDone`; false when `limitMs` of simulated time or all steps ran out first. */
  async run(isDone: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = this.scheduler.nowMs + limitMs
    await drained()
    while (!isDone()) {
      const next = this.scheduler.nextAtMs
      if (next === undefined || next > endMs) return false
      this.scheduler.step()
      await drained()
      this.#noteLull()
    }
    return true
  }

  /** An append that fails may all the same have reached the disk (K3). */
  #appendFault(): AppendFault | undefined {
    const fault = this.faults.strike('append', appendFaults)
    if (fault === undefined) return undefined
    this.trace.add(`FAULT ${fault.kind} ${fault.detail} at an append`)
    const [errno = 'EIO', outcome] = fault.detail.split(' ')
    const isKept = outcome === 'kept'
    return { error: new Error(`${errno}: by the host`), outcome: isKept ? 'kept' : 'lost' }
  }

  #noteLull(): void {
    if (this.recoveryBoundaries[this.#generation] !== undefined || this.engine === undefined) return
    if (this.scheduler.pending((s) => s.kind === 'work' && s.owner !== 'host')) return
    this.recoveryBoundaries[this.#generation] = this.boundaries[this.#generation] ?? 0
  }

  #openAfter(delayMs: number): void {
    this.#cancelOpening()
    const atMs = this.scheduler.nowMs + delayMs
    const run = (): void => this.openDaemon()
    this.#cancelOpening = this.scheduler.add({ owner: 'client', kind: 'work', atMs, run })
  }

  #life(generation: number): DaemonLife {
    const owner = `daemon-${generation}` as const
    return {
      host: this.host,
      scheduler: this.scheduler,
      prng: this.prng,
      owner,
      isAlive: () => this.#generation === generation && this.#daemon?.alive !== false,
      trace: (line) => this.trace.add(line),
      violated: (id, detail) => this.violated(id, detail),
      dies: (label, before) => this.#dies(label, before),
      countEffect: () => void (this.effects += 1),
      faults: this.faults,
      isRuntimeMissing: () => this.runtimeMissing,
      hasStream: (copy) => this.#streams.get(copy) === generation,
      isIntended: (intent) => this.#intents.has(intent),
    }
  }

  #dies(label: string, before?: () => void, keepInFlight?: boolean): boolean {
    if (!this.#armed) return false
    const number = (this.boundaries[this.#generation] ?? 0) + 1
    this.boundaries[this.#generation] = number
    if (!this.#options.crash({ generation: this.#generation, number, label })) return false
    before?.()
    this.crash(`at boundary ${number}, ${label}`, keepInFlight)
    return true
  }

  #kill(why: string, keepInFlight: boolean): void {
    this.trace.add(`daemon ${this.#generation} killed: ${why}`)
    this.#daemon?.kill()
    this.#close()
    this.journal.crash(() => keepInFlight)
    this.scheduler.drop(`daemon-${this.#generation}`)
  }

  /** An append takes a moment; the daemon may die before or after it became durable. */
  #gate(): Promise<void> {
    return new Promise((resolve) => {
      this.scheduler.soon(`daemon-${this.#generation}`, () => {
        if (this.#dies('append in flight: lost', undefined, false)) return
        if (this.#dies('append durable, not told', undefined, true)) return
        this.trace.add('append durable')
        resolve()
      })
    })
  }

  #send(call: Call): void {
    if (this.engine === undefined) return
    const generation = this.#generation
    this.scheduler.soon('client', () => {
      const { engine } = this
      if (engine === undefined || generation !== this.#generation) return
      const { requestId, command } = call
      this.trace.add(`${requestId}: ${command._tag}`)
      if (command._tag === 'CopyFiles' && !this.#streams.has(command.copy))
        this.#streams.set(command.copy, generation)
      if (this.faults.strike(`client ${requestId}`, [plainly('client-gone')]) !== undefined)
        this.#forget(call)
      engine.submit(command, { actor: 'client', requestId, causation: 0 }).then(
        (result) => {
          if (generation === this.#generation && this.engine !== undefined)
            this.scheduler.soon(`daemon-${generation}`, () => this.#answer(call, result))
        },
        (error: unknown) => this.broke(error),
      )
    })
  }

  /** The client went away after its request had arrived: it asks no more and hears nothing. */
  #forget(call: Call): void {
    this.trace.add(`FAULT client-gone: nobody waits for ${call.requestId}`)
    this.gone.add(call.requestId)
    this.#calls = this.#calls.filter((c) => c !== call)
    call.answered(E.left({ _tag: 'OutcomeUnknown', requestId: call.requestId }))
  }

  #answer(call: Call, result: SubmitResult): void {
    const { requestId } = call
    if (this.gone.has(requestId)) return
    if (this.#dies(`${requestId}: done, client not answered`)) return
    this.trace.add(`${requestId} answered: ${sayResult(result)}`)
    if (E.isRight(result) && result.right.events.length > 0 && !this.#intents.hasRequest(requestId))
      this.violated('W12', `${requestId} was acknowledged before it was durable`)
    this.#calls = this.#calls.filter((c) => c !== call)
    this.answers.push({ call, result })
    call.answered(result)
  }
}

/** Methods of a class instance do not travel with a spread. */
const bound = (store: ReturnType<MemoryJournal['open']>): ReturnType<MemoryJournal['open']> => ({
  head: () => store.head(),
  append: (records) => store.append(records),
  read: (from, to) => store.read(from, to),
  sequenceOfRequest: (requestId) => store.sequenceOfRequest(requestId),
  streamHeads: () => store.streamHeads(),
  putSnapshot: (snapshot) => store.putSnapshot(snapshot),
  latestSnapshot: () => store.latestSnapshot(),
  deleteSnapshots: () => store.deleteSnapshots(),
  close: () => store.close(),
})

export const sayResult = (result: SubmitResult): string =>
  E.isLeft(result) ? `refused ${result.left._tag}` : JSON.stringify(result.right.outcome)
