/** The store in memory: the contract, and the faults that the simulator asks of it. */
import assert from 'node:assert/strict'
import {
  allRecords,
  journalStoreContract,
  sampleBatch,
} from '../../properties/contracts/journal-store.contract.ts'
import { memoryJournal } from './memory-store.ts'

const test = journalStoreContract('memory store', () => {
  const journal = memoryJournal({ nonce: 'n' })
  return Promise.resolve({
    nonce: 'n',
    open: () => Promise.resolve(journal.open()),
    dispose: () => Promise.resolve(),
  })
})

const gated = () => {
  const waiting: Array<() => void> = []
  const journal = memoryJournal({
    nonce: 'n',
    gate: () => new Promise<void>((resolve) => waiting.push(resolve)),
  })
  return { journal, release: () => waiting.shift()?.() }
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve()
}

test('an append is durable and acknowledged when its gate opens, not before', async () => {
  const { journal, release } = gated()
  const store = journal.open()
  let acknowledged = false
  const append = store.append(sampleBatch(store.head(), { size: 2 })).then(() => {
    acknowledged = true
  })
  await turns()
  assert.deepEqual([acknowledged, store.head().seq, journal.records().length], [false, 0, 0])
  release()
  await append
  assert.deepEqual([store.head().seq, journal.records().length], [2, 2])
})

for (const kept of [true, false])
  test(`J3 a crash leaves the batch in flight ${kept ? 'whole' : 'not at all'}`, async () => {
    const { journal, release } = gated()
    const store = journal.open()
    const first = store.append(sampleBatch(store.head(), { size: 2 }))
    await turns()
    release()
    await first
    let settled = false
    const note = (): void => void (settled = true)
    store.append(sampleBatch(store.head(), { size: 3 })).then(note, note)
    await turns()
    journal.crash(() => kept)
    release()
    await turns()
    assert.equal(settled, false)
    const again = journal.open()
    assert.equal(again.head().seq, kept ? 5 : 2)
    assert.equal((await allRecords(again.read(1))).length, kept ? 5 : 2)
  })

for (const outcome of ['lost', 'kept'] as const)
  test(`J5 after an injected error nothing is acknowledged; the batch is ${outcome}`, async () => {
    const journal = memoryJournal({
      nonce: 'n',
      fault: (n) => (n === 2 ? { error: new Error('EIO'), outcome } : undefined),
    })
    const store = journal.open()
    await store.append(sampleBatch(store.head(), { size: 1 }))
    const batch = sampleBatch(store.head(), { size: 2, request: 'in-doubt' })
    await assert.rejects(store.append(batch), /EIO/)
    await assert.rejects(store.append(batch), /journal is read-only: EIO/)
    assert.equal(store.head().seq, 1)
    assert.equal((await allRecords(store.read(1))).length, 1)
    await store.close()
    const again = journal.open()
    assert.equal(await again.sequenceOfRequest('in-doubt'), outcome === 'kept' ? 2 : undefined)
    assert.equal(again.head().seq, outcome === 'kept' ? 3 : 1)
  })

test.run()
