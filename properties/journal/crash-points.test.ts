/** Every call to the disk as the instant of a power cut, under every model of a file system. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { Prng } from '../../simulator/schedule/prng.ts'
import type { DiskFault, DiskOperation } from '../../simulator/store/disk.ts'
import {
  powerModelNames,
  powerModels,
  type PowerModel,
} from '../../simulator/store/power-models.ts'
import { suite } from '../testing/suite.ts'
import { History, untilPowerCut } from './history.ts'

const test = suite('journal crash points')

type DiskBehaviour = (operation: DiskOperation) => DiskFault | undefined

const honest: DiskBehaviour = () => undefined

/** Two openings, logs that become tables, a snapshot, and batches of several sizes. */
const work = async (history: History): Promise<void> => {
  for (const size of [1, 3, 2, 5, 1]) await appended(history, size)
  await history.reopen()
  for (const size of [2, 4, 1, 6]) await appended(history, size)
  if ((await history.snapshot()) === undefined) throw new Cut('the power went during a snapshot')
  await appended(history, 2)
}

class Cut extends Error {
  override readonly name = 'Cut'
}

const appended = async (history: History, size: number): Promise<void> => {
  const answer = await history.append(history.batch(size, 150))
  if (answer === undefined) throw new Cut('the power went during an append')
}

const ended = async (history: History): Promise<boolean> => {
  try {
    return await untilPowerCut(() => work(history))
  } catch (error) {
    if (error instanceof Cut) return true
    throw error
  }
}

const historyOn = (behaviour: DiskBehaviour, cutAt: number): History => {
  let isOver = false
  return new History({
    writeBufferBytes: 900,
    disk: (operation) => {
      if (isOver || operation.number !== cutAt) return behaviour(operation)
      isOver = true
      return { _tag: 'PowerCut' }
    },
  })
}

const operationsOf = async (behaviour: DiskBehaviour): Promise<number> => {
  const history = historyOn(behaviour, 0)
  await ended(history)
  return history.journal.disk.operations
}

interface Point {
  readonly cutAt: number
  readonly model: PowerModel
  readonly seed: number
}

const pointsOf = (operations: number): ReadonlyArray<Point> =>
  Array.from({ length: operations }, (_, i) => i + 1).flatMap((cutAt) =>
    powerModelNames.flatMap((model) => {
      const { bytes } = powerModels[model]
      const seeds = bytes === 'cut-anywhere' || bytes === 'sector-garbage' ? [1, 2, 3] : [1]
      return seeds.map((seed) => ({ cutAt, model, seed }))
    }),
  )

const cutAndRecover = async (behaviour: DiskBehaviour, point: Point): Promise<void> => {
  const history = historyOn(behaviour, point.cutAt)
  assert.ok(await ended(history), `operation ${point.cutAt} was not reached`)
  await history.powerCut(point.model, new Prng(point.seed * 1_000 + point.cutAt))
  await history.append(history.batch(2))
  await history.crash(true)
  assert.deepEqual(history.journal.examine().findings, [])
}

test('J1 J2 J3 J4 a power cut at any call to the disk breaks no promise', async () => {
  const points = pointsOf(await operationsOf(honest))
  for (const point of points)
    await cutAndRecover(honest, point).catch((error: unknown) => {
      throw new Error(`${JSON.stringify(point)}: ${String(error)}`, { cause: error })
    })
  console.log(`${points.length} power cuts, ${powerModelNames.length} models`)
  assert.ok(points.length >= 1_400)
})

test('J2 a second power cut, inside the recovery, breaks no promise either', async () => {
  let cuts = 0
  const operations = await operationsOf(honest)
  for (let first = 3; first <= operations; first += 7)
    for (let second = 1; second <= 24; second += 1) {
      const prng = new Prng(first * 100 + second)
      const [model, other] = [prng.pick(powerModelNames), prng.pick(powerModelNames)]
      let cutAt = first
      const history = new History({
        writeBufferBytes: 900,
        disk: ({ number }) => (number === cutAt ? { _tag: 'PowerCut' } : undefined),
      })
      assert.ok(await ended(history))
      cutAt = history.journal.disk.operations + second
      const isCut = await untilPowerCut(() => history.powerCut(model, prng))
      cuts += isCut ? 1 : 0
      if (isCut) await history.powerCut(other, prng)
    }
  console.log(`${cuts} recoveries cut`)
  assert.ok(cuts > 300)
})

/** Syncs that are left out: each must be caught, or the models above prove nothing. */
const planted: ReadonlyArray<readonly [string, DiskBehaviour]> = [
  [
    'the log is never synced',
    ({ call, path }) => (call === 'sync' && path.endsWith('.log') ? { _tag: 'Lies' } : undefined),
  ],
  [
    'the directory is never synced',
    ({ call, path }) =>
      call === 'sync-directory' && path === 'journal' ? { _tag: 'Lies' } : undefined,
  ],
  [
    'tables are never synced',
    ({ call, path }) => (call === 'sync' && path.endsWith('.ldb') ? { _tag: 'Lies' } : undefined),
  ],
]

for (const [name, behaviour] of planted)
  test(`M3 it is caught when ${name}`, async () => {
    const points = pointsOf(await operationsOf(behaviour))
    for (const point of points) {
      const caught = await cutAndRecover(behaviour, point).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : 'no error'),
      )
      if (caught === undefined) continue
      assert.match(caught, /J[123]/)
      return
    }
    assert.fail('no power cut shows it')
  })

test('a reopened journal shows what the power cut left, not what memory held', async () => {
  const history = new History()
  await history.append(history.batch(2))
  await history.sendOff(history.batch(3))
  history.journal.powerCut('synced-bytes', new Prng(1))
  const opened = history.journal.tryOpen()
  assert.ok(E.isRight(opened))
  assert.equal(opened.right.head().seq, 2)
})

test.run()
