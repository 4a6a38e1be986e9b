/** What a journal on a failing disk tells its daemon: fail-stop, and each failure by its name. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { Prng } from '../../simulator/schedule/prng.ts'
import type { DiskFault, DiskOperation } from '../../simulator/store/disk.ts'
import {
  JournalRefused,
  simulatedJournal,
  type SimulatedJournal,
} from '../../simulator/store/simulated-journal.ts'
import { filled, sampleBatch } from '../contracts/journal-store.contract.ts'
import { suite } from '../testing/suite.ts'
import { History } from './history.ts'

const test = suite('journal failures')

type Behaviour = (operation: DiskOperation) => DiskFault | undefined

/** A disk whose behaviour the test changes in the middle. */
const changing = () => {
  let behaviour: Behaviour = () => undefined
  return {
    disk: (operation: DiskOperation) => behaviour(operation),
    become: (next: Behaviour) => void (behaviour = next),
  }
}

const onLog =
  (call: 'write' | 'sync', fault: DiskFault): Behaviour =>
  (operation) =>
    operation.call === call && operation.path.endsWith('.log') ? fault : undefined

const failing: ReadonlyArray<readonly [name: string, behaviour: Behaviour, kept: boolean]> = [
  ['ENOSPC before the first byte', onLog('write', { _tag: 'Fails', errno: 'ENOSPC' }), false],
  [
    'ENOSPC in the middle of a batch',
    onLog('write', { _tag: 'Fails', errno: 'ENOSPC', writtenBytes: 100 }),
    false,
  ],
  ['EIO on write', onLog('write', { _tag: 'Fails', errno: 'EIO', writtenBytes: 1 }), false],
  ['EIO on sync', onLog('sync', { _tag: 'Fails', errno: 'EIO' }), true],
  ['a read-only remount', onLog('write', { _tag: 'Fails', errno: 'EROFS' }), false],
]

for (const [name, behaviour, kept] of failing)
  test(`J5 K3 after ${name} nothing is acknowledged until the journal is read again`, async () => {
    const { disk, become } = changing()
    const history = new History({ disk })
    assert.equal(await history.append(history.batch(3)), true)
    become(behaviour)
    const inDoubt = history.batch(4)
    assert.equal(await history.append(inDoubt), false)
    become(() => undefined)
    await assert.rejects(history.store.append(inDoubt), /journal is read-only/)
    const snapshot = { ...history.store.head(), bytes: Buffer.of(1) }
    await assert.rejects(history.store.putSnapshot(snapshot), /journal is read-only/)
    assert.equal(history.store.head().seq, 3)
    history.inDoubt = inDoubt
    await history.reopen()
    assert.equal(history.store.head().seq, kept ? 7 : 3)
    assert.equal(await history.append(history.batch(2)), true)
    await history.powerCut('synced-bytes', new Prng(1))
    assert.equal(history.known.length, kept ? 9 : 5)
  })

test('K3 a disk that stays read-only lets nothing be opened, and says so', async () => {
  const { disk, become } = changing()
  const journal = simulatedJournal({ nonce: 'n', disk })
  await filled(journal.open(), 2, 2)
  become(() => ({ _tag: 'Fails', errno: 'EROFS' }))
  for (let i = 0; i < 3; i += 1) {
    const reopened = journal.reopen()
    assert.match(E.isLeft(reopened) ? reopened.left : '', /EROFS/)
  }
  become(() => undefined)
  assert.equal(journal.open().head().seq, 4)
})

const lie: Behaviour = onLog('sync', { _tag: 'Lies' })

const refusedAs = (journal: SimulatedJournal, kinds: RegExp): void => {
  const opened = journal.tryOpen()
  assert.ok(E.isLeft(opened) && opened.left instanceof JournalRefused, 'it opens')
  assert.match(opened.left.findings.map((f) => f.kind).join(' '), kinds)
}

test('J8 K3 a sync that lied is found at the next opening, by the anchor', async () => {
  for (const model of ['synced-bytes', 'cut-tail', 'sector-garbage'] as const) {
    const { disk, become } = changing()
    const journal = simulatedJournal({ nonce: 'n', disk })
    const store = journal.open()
    await filled(store, 2, 2)
    become(lie)
    await filled(store, 3, 2)
    // A seed that leaves less than everything, so that there is a loss to be told.
    journal.powerCut(model, { below: (n) => Math.floor(n / 3) })
    refusedAs(journal, /lost-tail|rolled-back/)
  }
})

test('J8 K3 R-31 a stolen lock: the loss of what the first owner wrote is told', async () => {
  const journal = simulatedJournal({ nonce: 'n' })
  const first = journal.open()
  await filled(first, 2, 2)
  const thief = journal.steal()
  await thief.append(sampleBatch(thief.head(), { size: 1, request: 'of the thief' }))
  await filled(first, 1, 2)
  journal.crash(() => true)
  refusedAs(journal, /rolled-back/)
})

test('J5 a handle of a dead daemon answers nothing any more', async () => {
  const journal = simulatedJournal({ nonce: 'n' })
  const store = journal.open()
  journal.powerCut('all-bytes', new Prng(1))
  let settled = false
  const note = (): void => void (settled = true)
  store.append(sampleBatch(store.head(), { size: 1 })).then(note, note)
  store.streamHeads().then(note, note)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(settled, false)
})

test('an anchor that cannot be written costs proof, never data', async () => {
  const { disk, become } = changing()
  const journal = simulatedJournal({ nonce: 'n', disk })
  const store = journal.open()
  become(({ path }) =>
    path.startsWith('journal.head') ? { _tag: 'Fails', errno: 'ENOSPC' } : undefined,
  )
  await filled(store, 3, 1)
  assert.equal(journal.sideErrors().length, 3)
  become(() => undefined)
  journal.powerCut('synced-bytes', new Prng(1))
  assert.equal(journal.open().head().seq, 3)
})

test.run()
