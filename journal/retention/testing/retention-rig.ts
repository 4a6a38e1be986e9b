/** An engine whose journal gives records to archives, with a crash at any step of that. */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../../domain/command.ts'
import { Engine } from '../../engine/engine.ts'
import { ownSubmitter, type SubmitResult } from '../../engine/submission.ts'
import { ManualTime, settled } from '../../engine/testing/manual-time.ts'
import { SmallHost } from '../../engine/testing/small-host.ts'
import type { DroppingStore, StoredRecord } from '../../store/journal-store.ts'
import { memoryJournal } from '../../store/memory-store.ts'
import { Archives } from '../archives.ts'
import { withArchives } from '../read-through-store.ts'
import type { RetentionLimits } from '../retention-limits.ts'
import { Retention, type RetentionReport } from '../retention.ts'
import { CrashingFiles, DiskFull, type Interruption, type NameLoss } from './crashing-files.ts'

/** The step at which the process dies, counted from the first of the pass. */
export interface Death {
  readonly step: number
  readonly interruption: Interruption
  readonly loss: NameLoss
}

const nonce = 'rig'

export class RetentionRig {
  readonly time = new ManualTime()
  readonly host = new SmallHost(this.time)
  readonly warnings: string[] = []
  /** Steps of the pass under way, in order. */
  steps: string[] = []
  limits: RetentionLimits = { ageMs: null, sizeBytes: null }
  archiveBytes = 2_000
  requestMemoryMs = 0
  /** What the journal takes; its limit is 1. */
  journalBytes = 2
  #death: Death | undefined
  #fullAt: number | undefined
  #died: () => void = () => undefined
  #engine: Engine | undefined
  #store: DroppingStore | undefined

  readonly files = new CrashingFiles((step) => this.#interrupt(step))
  readonly journal = memoryJournal({ nonce, gate: () => this.#gate() })

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('the rig was not opened')
    return this.#engine
  }

  get store(): DroppingStore {
    this.#store ??= withArchives(this.journal.open(), new Archives(this.files))
    return this.#store
  }

  async open(): Promise<this> {
    const silent = (): void => undefined
    this.#engine = await Engine.open({
      ports: this.host.ports(),
      journal: {
        store: () => this.store,
        reopen: () => {
          this.#store = undefined
          return Promise.resolve(E.right(this.store))
        },
        replenish: () => Promise.resolve(true),
        committed: silent,
      },
      version: 'test',
      pid: 1,
      log: { info: silent, debug: silent, warn: (line) => this.warnings.push(line) },
      onFatal: (code) => this.warnings.push(`fatal ${code}`),
    })
    await this.#engine.start()
    await settled()
    return this
  }

  kill(loss: NameLoss = 'none', keepInFlight = true): void {
    this.#engine?.abandon()
    this.journal.crash(() => keepInFlight)
    this.files.crash(loss)
    this.time.forget()
    this.#store = undefined
  }

  async restart(): Promise<this> {
    this.kill()
    return this.open()
  }

  async ok(command: Command, requestId = ''): Promise<void> {
    const result = await this.submit(command, requestId)
    if (E.isLeft(result)) throw new Error(`${command._tag}: ${JSON.stringify(result.left)}`)
    await settled()
  }

  submit(command: Command, requestId = ''): Promise<SubmitResult> {
    return this.engine.submit(command, { actor: 'client', requestId, causation: 0 })
  }

  /** One pass of retention; undefined: the process died in it. */
  async retain(death?: Death): Promise<RetentionReport | undefined> {
    this.steps = []
    this.#death = death
    const dies = new Promise<undefined>((resolve) => (this.#died = () => resolve(undefined)))
    const { engine } = this
    const retention = new Retention({
      store: () => this.store,
      files: this.files,
      nonce,
      world: () => engine.world,
      record: async (command) => E.isRight(await engine.submit(command, ownSubmitter('engine'))),
      journalBytes: () => Promise.resolve(this.journalBytes),
      reclaim: () => Promise.resolve(),
      limits: this.limits,
      journalLimitBytes: 1,
      archiveBytes: this.archiveBytes,
      requestMemoryMs: this.requestMemoryMs,
      wallMs: () => this.time.clock.now().wallMs,
    })
    const report = await Promise.race([retention.run(), dies])
    this.#death = undefined
    if (report === undefined) this.kill(death?.loss, death?.interruption !== 'before')
    return report
  }

  /** A pass in which the disk is full at that step, and only then; what the pass says of it. */
  async retainOnFullDisk(step: number): Promise<string> {
    this.#fullAt = step
    try {
      const report = await this.retain()
      return `archived ${report?.archived.length ?? 0}`
    } catch (error) {
      return String(error)
    } finally {
      this.#fullAt = undefined
      await settled()
    }
  }

  async records(): Promise<ReadonlyArray<StoredRecord>> {
    const found: Array<StoredRecord> = []
    for await (const record of this.store.read(1)) found.push(record)
    return found
  }

  #interrupt(step: string): Interruption | 'full' | undefined {
    this.steps.push(step)
    if (this.#fullAt === this.steps.length) return 'full'
    if (this.#death?.step !== this.steps.length) return undefined
    this.#died()
    return this.#death.interruption
  }

  /** Of an append or a dropping: whole or not at all, which the crash decides. */
  async #gate(): Promise<void> {
    const interruption = this.#interrupt('write to the journal')
    if (interruption === 'full') throw new DiskFull('write to the journal')
    if (interruption === undefined) return
    await new Promise(() => undefined)
  }
}
