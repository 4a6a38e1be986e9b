/** What a journal promises, on random histories of batches, crashes, power cuts and refusals. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Prng } from '../../simulator/schedule/prng.ts'
import type { DiskCall, DiskFault } from '../../simulator/store/disk.ts'
import { powerModelNames, type PowerModel } from '../../simulator/store/power-models.ts'
import { suite } from '../testing/suite.ts'
import { History, untilPowerCut } from './history.ts'
import { checked } from './runs.ts'

const test = suite('journal promises')

type Step =
  | { readonly _tag: 'Append'; readonly sizes: ReadonlyArray<number> }
  | { readonly _tag: 'Snapshot' }
  | { readonly _tag: 'Crash'; readonly inFlight: number; readonly kept: boolean }
  | { readonly _tag: 'PowerCut'; readonly inFlight: number; readonly model: PowerModel }
  /** At the n-th call from now, which may lie in an append, a rotation or a recovery. */
  | { readonly _tag: 'CutSoon'; readonly calls: number; readonly model: PowerModel }
  | {
      readonly _tag: 'Refuse'
      readonly call: DiskCall
      readonly errno: string
      readonly part: number
    }

const size = fc.integer({ min: 1, max: 4 })
const model = fc.constantFrom(...powerModelNames)
const inFlight = fc.integer({ min: 0, max: 3 })

const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        _tag: fc.constant('Append' as const),
        sizes: fc.array(size, { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ _tag: fc.constant('Snapshot' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ _tag: fc.constant('Crash' as const), inFlight, kept: fc.boolean() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ _tag: fc.constant('PowerCut' as const), inFlight, model }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        _tag: fc.constant('CutSoon' as const),
        calls: fc.integer({ min: 1, max: 20 }),
        model,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        _tag: fc.constant('Refuse' as const),
        call: fc.constantFrom('write', 'sync', 'sync-directory', 'create', 'rename', 'unlink'),
        errno: fc.constantFrom('ENOSPC', 'EIO', 'EROFS'),
        part: fc.integer({ min: 0, max: 2_000 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 7 },
)

/** One run: arms the disk, and knows which model follows a cut that comes by itself. */
class Run {
  readonly history: History
  readonly #prng: Prng
  #cutAt = 0
  #modelOfCut: PowerModel = 'all-bytes'
  #refusal: Extract<Step, { _tag: 'Refuse' }> | undefined

  constructor(seed: number) {
    this.#prng = new Prng(seed)
    this.history = new History({
      writeBufferBytes: 1_200,
      disk: ({ call, number }) => this.#fault(call, number),
    })
  }

  async step(step: Step): Promise<void> {
    const { history } = this
    switch (step._tag) {
      case 'Append':
        for (const n of step.sizes) await this.#answered(() => history.append(history.batch(n)))
        return
      case 'Snapshot':
        return this.#answered(() => history.snapshot())
      case 'Crash':
        await this.#sendOff(step.inFlight)
        return history.crash(step.kept)
      case 'PowerCut':
        await this.#sendOff(step.inFlight)
        return history.powerCut(step.model, this.#prng)
      case 'CutSoon':
        this.#cutAt = history.journal.disk.operations + step.calls
        this.#modelOfCut = step.model
        return
      case 'Refuse':
        this.#refusal = step
    }
  }

  /** The power may go again inside a recovery: each cut is one-off, so this ends. */
  async surviving(work: () => Promise<void>): Promise<void> {
    let isCut = await untilPowerCut(work)
    while (isCut)
      isCut = await untilPowerCut(() => this.history.powerCut(this.#modelOfCut, this.#prng))
  }

  disarm(): void {
    this.#cutAt = 0
    this.#refusal = undefined
  }

  /** A cut in an append, or a refusal of it (J5), is followed by what a daemon does. */
  async #answered(work: () => Promise<boolean | undefined>): Promise<void> {
    const answer = await work()
    if (answer === true) return
    if (answer === undefined) return this.history.powerCut(this.#modelOfCut, this.#prng)
    await assert.rejects(this.history.store.append(this.history.batch(1)), /read-only/, 'J5')
    await this.history.reopen()
  }

  async #sendOff(n: number): Promise<void> {
    // A refusal in the middle of a flight is an append like any other.
    this.disarm()
    if (n > 0) await this.history.sendOff(this.history.batch(n))
  }

  #fault(call: DiskCall, number: number): DiskFault | undefined {
    if (number === this.#cutAt) return { _tag: 'PowerCut' }
    const refusal = this.#refusal
    if (refusal?.call !== call) return undefined
    this.#refusal = undefined
    return { _tag: 'Fails', errno: refusal.errno, writtenBytes: refusal.part }
  }
}

const counts = { kept: 0, lost: 0, cuts: 0, records: 0 }

test('J1 J2 J3 J4 J5 a journal keeps what it acknowledged, in whole batches, no more', async () => {
  await checked(
    fc.asyncProperty(fc.nat(), steps, async (seed, script) => {
      const run = new Run(seed)
      await run.history.recover()
      for (const step of script) await run.surviving(() => run.step(step))
      run.disarm()
      await run.surviving(() => run.history.crash(true))
      const { journal, resolved } = run.history
      assert.deepEqual(journal.examine().findings, [], 'J8: findings on an undamaged journal')
      counts.kept += resolved.kept
      counts.lost += resolved.lost
      counts.cuts += journal.cuts().length
      counts.records += run.history.known.length
    }),
  )
  console.log(`in doubt: ${counts.kept} kept, ${counts.lost} lost; ${counts.cuts} tails cut`)
  // Sometimes: a property that never meets its cases proves nothing (M1).
  assert.ok(counts.kept > 0 && counts.lost > 0 && counts.cuts > 0 && counts.records > 0)
}, 170_000)

test.run()
