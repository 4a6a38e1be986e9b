/** Walks one trace, builds the directories that a crash could leave, opens each, and judges it. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CrashFileSystem } from '../../journal/crash-states/file-system.ts'
import { buildLayout, layoutDigest } from '../../journal/crash-states/layout.ts'
import {
  crashStates,
  type CrashModel,
  type CrashState,
  type Sampling,
} from '../../journal/crash-states/models.ts'
import { operationText } from '../../journal/crash-states/operation.ts'
import { recover, type Recovery } from '../../journal/crash-states/recovery.ts'
import { examine } from '../../journal/forensic/examination.ts'
import { findingText } from '../../journal/forensic/finding.ts'
import { Promises, violationsOf } from './oracle.ts'
import type { TraceItem } from './strace-log.ts'

export interface Exploration {
  readonly workload: string
  readonly items: ReadonlyArray<TraceItem>
  readonly models: ReadonlyArray<CrashModel>
  readonly sampling: Sampling
  /** Crash points between the writes of one run of writes are left out. */
  readonly wholeRuns: boolean
  /** Opens only every n-th distinct directory; default 1. */
  readonly every?: number
  /** Below it the directories are built. */
  readonly scratch: string
  /** Every n-th directory is opened a second time after its recovery. */
  readonly reopenEvery: number
}

export interface Violation {
  readonly workload: string
  readonly model: CrashModel
  /** The operation after which the power went, and what was chosen within the model. */
  readonly state: string
  readonly violations: ReadonlyArray<string>
}

export interface Explored {
  readonly workload: string
  /** Crash points at which states were made. */
  readonly points: number
  /** States judged; equal directories are opened once and judged as often as they occur. */
  readonly states: number
  /** Distinct directories that were built and opened. */
  readonly directories: number
  readonly byModel: Readonly<Record<string, number>>
  /** States with a cut tail that was told. */
  readonly toldCuts: number
  /** Refusals where the model permits one. */
  readonly toldRefusals: number
  readonly violations: ReadonlyArray<Violation>
}

interface Opened {
  readonly recovery: Recovery
  /** What is wrong whatever was promised. */
  readonly complaints: ReadonlyArray<string>
}

const clean = async (root: string): Promise<ReadonlyArray<string>> =>
  (await examine(root, 'whole')).findings.map((f) => `J8 after recovery: ${findingText(f)}`)

const again = async (root: string, first: Recovery): Promise<ReadonlyArray<string>> => {
  const second = await recover(root)
  const same =
    second.verdict === 'opens' &&
    second.hashes.length === first.hashes.length &&
    second.hashes.at(-1) === first.hashes.at(-1)
  return same ? [] : [`a second opening ends otherwise: ${second.refusal ?? second.verdict}`]
}

const openState = async (state: CrashState, scratch: string, twice: boolean): Promise<Opened> => {
  const root = mkdtempSync(join(scratch, 'state-'))
  try {
    buildLayout(state.layout, root)
    const recovery = await recover(root)
    if (recovery.refusal !== undefined) return { recovery, complaints: [] }
    const complaints = await clean(root)
    return {
      recovery,
      complaints: twice ? [...complaints, ...(await again(root, recovery))] : complaints,
    }
  } catch (error) {
    // The open check had passed: whatever the store says now, a daemon would have died of it.
    const text = error instanceof Error ? error.message : String(error)
    const broken = { verdict: 'opens', headSeq: 0, hashes: [], cuts: [], findings: [] } as const
    return { recovery: { ...broken, broken: text, refusal: undefined }, complaints: [] }
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** Mutable on purpose: one exploration of one trace. */
class Explorer {
  readonly #of: Exploration
  readonly #from: number
  readonly #opened = new Map<string, Opened | 'left out'>()
  readonly #byModel: Record<string, number> = {}
  readonly #violations: Array<Violation> = []
  #distinct = 0
  #directories = 0
  #states = 0
  #points = 0
  #toldCuts = 0
  #toldRefusals = 0

  constructor(of: Exploration) {
    this.#of = of
    this.#from = of.items.findLastIndex((i) => i._tag === 'said' && i.line === 'settled')
  }

  async run(): Promise<Explored> {
    const { items, workload } = this.#of
    const fs = new CrashFileSystem()
    const promises = new Promises()
    for (const [at, item] of items.entries()) {
      if (item._tag === 'did') {
        fs.apply(item.operation)
        if (this.#isPoint(at)) await this.#point(fs, promises, operationText(item.operation))
        continue
      }
      promises.hear(item.line)
      if (item.line === 'settled') fs.settle()
    }
    return {
      workload,
      points: this.#points,
      states: this.#states,
      directories: this.#directories,
      byModel: this.#byModel,
      toldCuts: this.#toldCuts,
      toldRefusals: this.#toldRefusals,
      violations: this.#violations,
    }
  }

  /** What came before `settled` was preparation. */
  #isPoint(at: number): boolean {
    if (at < this.#from) return false
    const { items, wholeRuns } = this.#of
    const writes = (item: TraceItem | undefined): boolean =>
      item?._tag === 'did' && item.operation._tag === 'write'
    return !wholeRuns || !writes(items[at]) || !writes(items[at + 1])
  }

  async #point(fs: CrashFileSystem, promises: Promises, after: string): Promise<void> {
    this.#points += 1
    for (const model of this.#of.models)
      for (const state of crashStates(fs, model, this.#of.sampling)) {
        const opened = await this.#open(state)
        if (opened !== 'left out') this.#judge({ state, opened, promises, after })
      }
  }

  async #open(state: CrashState): Promise<Opened | 'left out'> {
    const digest = layoutDigest(state.layout)
    const known = this.#opened.get(digest)
    if (known !== undefined) return known
    const { scratch, reopenEvery, every = 1 } = this.#of
    this.#distinct += 1
    const chosen = this.#distinct % every === 0
    const twice = this.#directories % reopenEvery === 0
    const opened = chosen ? await openState(state, scratch, twice) : 'left out'
    if (chosen) this.#directories += 1
    this.#opened.set(digest, opened)
    return opened
  }

  #judge(judged: {
    readonly state: CrashState
    readonly opened: Opened
    readonly promises: Promises
    readonly after: string
  }): void {
    const { state, opened, promises, after } = judged
    const { model, choice } = state
    this.#states += 1
    this.#byModel[model] = (this.#byModel[model] ?? 0) + 1
    if (opened.recovery.cuts.length > 0) this.#toldCuts += 1
    if (opened.recovery.refusal !== undefined) this.#toldRefusals += 1
    const violations = [...opened.complaints, ...violationsOf(promises, state, opened.recovery)]
    if (violations.length === 0) return
    const { workload } = this.#of
    this.#violations.push({ workload, model, state: `${after}; ${choice}`, violations })
  }
}

/** Same trace, same choices, same states: a violation is found again by its description. */
export const explore = (exploration: Exploration): Promise<Explored> =>
  new Explorer(exploration).run()

/** The bytes of a whole trace's last state, to compare with the files that the program left. */
export const finalDigest = (items: ReadonlyArray<TraceItem>): ReadonlyMap<string, string> => {
  const fs = new CrashFileSystem()
  for (const item of items) if (item._tag === 'did') fs.apply(item.operation)
  const sampling: Sampling = { cuts: 0, garbages: 0, seed: 1 }
  const [state] = crashStates(fs, 'all-bytes', sampling)
  return new Map(
    [...(state?.layout.files ?? [])].map(([path, content]) => [
      path,
      'linkTo' in content ? '' : createHash('sha256').update(content).digest('hex'),
    ]),
  )
}
