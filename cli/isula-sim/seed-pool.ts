/** Runs seeds in several processes; each takes the next seed when it has reported the last one. */
import { fork, type ChildProcess, type ForkOptions } from 'node:child_process'
import * as t from 'io-ts'
import type { Draw } from './request.ts'
import { runSeed, type SeedReport } from './seed-run.ts'

/** The hidden first argument of a worker process. */
export const workerArgument = '--seed-worker'

const figures = {
  seed: t.number,
  simulatedMs: t.number,
  commands: t.number,
  effects: t.number,
  events: t.number,
  hostFaults: t.number,
}

const Report: t.Type<SeedReport, unknown> = t.type({
  ...figures,
  violations: t.readonlyArray(t.type({ id: t.string, detail: t.string, atMs: t.number })),
  kinds: t.record(t.string, t.number),
  recoveries: t.readonlyArray(t.string),
  ranTwice: t.boolean,
})

export interface SeedRange {
  readonly from: number
  readonly seeds: number
  readonly jobs: number
}

export type Reported = (report: SeedReport) => void

/** A process that dies takes its seed with it: that is a finding, not an accident. */
const died = (seed: number, how: string): SeedReport => ({
  seed,
  violations: [{ id: 'D1', detail: `the process of this seed ${how}`, atMs: 0 }],
  simulatedMs: 0,
  commands: 0,
  effects: 0,
  events: 0,
  hostFaults: 0,
  kinds: {},
  recoveries: [],
  ranTwice: false,
})

/** `advanced` keeps members that are undefined. */
const forking = {
  serialization: 'advanced',
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
} satisfies ForkOptions

/** So many deaths before the first report: it is not the seeds, the processes cannot run. */
const mostStillborn = 3

class Pool {
  readonly #draw: Draw
  readonly #entry: string
  readonly #reported: Reported
  readonly #end: number
  #next: number
  #reports = 0
  #deaths = 0

  constructor(range: SeedRange, draw: Draw, parts: { entry: string; reported: Reported }) {
    this.#draw = draw
    this.#entry = parts.entry
    this.#reported = parts.reported
    this.#next = range.from
    this.#end = range.from + range.seeds
  }

  /** Resolves when no seed is left; a dead process is replaced. */
  async lane(): Promise<void> {
    while (this.#next < this.#end) await this.#process()
  }

  #process(): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = fork(this.#entry, [workerArgument], forking)
      let seed: number | undefined
      const give = (): void => {
        seed = this.#next < this.#end ? this.#next++ : undefined
        if (seed === undefined) child.disconnect()
        else this.#send(child, seed, reject)
      }
      child.on('message', (message) => {
        if (!Report.is(message)) return reject(new Error('a worker process sent no report'))
        this.#reports += 1
        this.#reported(message)
        give()
      })
      child.once('error', reject)
      child.once('exit', (code, signal) => {
        const how = `ended with ${signal ?? code ?? '?'}`
        if (seed !== undefined) this.#deaths += 1
        if (this.#reports === 0 && this.#deaths >= mostStillborn)
          return reject(new Error(`the worker processes ${how}`))
        if (seed !== undefined) this.#reported(died(seed, how))
        resolve()
      })
      give()
    })
  }

  #send(child: ChildProcess, seed: number, reject: (error: Error) => void): void {
    child.send({ seed, draw: this.#draw }, (error) => {
      if (error !== null) reject(error)
    })
  }
}

/** Reports come in any order. `entry` is the program's own file, started again as a worker. */
export const runSeeds = async (
  range: SeedRange,
  draw: Draw,
  parts: { entry: string; reported: Reported },
): Promise<void> => {
  const jobs = Math.min(range.jobs, range.seeds)
  if (jobs > 1) {
    const pool = new Pool(range, draw, parts)
    await Promise.all(Array.from({ length: jobs }, () => pool.lane()))
    return
  }
  for (let seed = range.from; seed < range.from + range.seeds; seed += 1)
    parts.reported(await runSeed(seed, draw))
}
