/** The simulated store keeps the contract of every journal store, also when the power goes. */
import assert from 'node:assert/strict'
import {
  journalStoreContract,
  sampleBatch,
  type JournalUnderTest,
} from '../../properties/contracts/journal-store.contract.ts'
import { Prng } from '../schedule/prng.ts'
import { powerModelNames, type PowerModel } from './power-models.ts'
import { simulatedJournal } from './simulated-journal.ts'

const journalUnderTest = (between: PowerModel | undefined): Promise<JournalUnderTest> => {
  const journal = simulatedJournal({ nonce: 'n', writeBufferBytes: 2_000 })
  const chance = new Prng(7)
  let openings = 0
  return Promise.resolve({
    nonce: 'n',
    open: () => {
      openings += 1
      if (openings > 1 && between !== undefined) journal.powerCut(between, chance)
      return Promise.resolve(journal.open())
    },
    dispose: () => Promise.resolve(),
  })
}

for (const model of powerModelNames)
  journalStoreContract(`simulated store, power cuts leave ${model}`, () =>
    journalUnderTest(model),
  ).run()

const test = journalStoreContract('simulated store', () => journalUnderTest(undefined))

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve()
}

for (const kept of [true, false])
  test(`J3 a crash leaves the batch in flight ${kept ? 'whole' : 'not at all'}`, async () => {
    const gates: Array<() => void> = []
    const journal = simulatedJournal({
      nonce: 'n',
      gate: () => new Promise<void>((resolve) => gates.push(resolve)),
    })
    const store = journal.open()
    const first = store.append(sampleBatch(store.head(), { size: 2 }))
    await turns()
    gates.shift()?.()
    await first
    let settled = false
    const note = (): void => void (settled = true)
    store.append(sampleBatch(store.head(), { size: 3 })).then(note, note)
    await turns()
    journal.crash(() => kept)
    gates.shift()?.()
    await turns()
    assert.equal(settled, false)
    assert.equal(journal.records().length, kept ? 5 : 2)
    assert.equal(journal.open().head().seq, kept ? 5 : 2)
    assert.deepEqual(journal.examine().findings, [])
  })

for (const outcome of ['lost', 'kept'] as const)
  test(`J5 after an injected error the batch is ${outcome}, told by the next opening`, async () => {
    const journal = simulatedJournal({
      nonce: 'n',
      fault: (n) => (n === 2 ? { error: new Error('EIO'), outcome } : undefined),
    })
    const store = journal.open()
    await store.append(sampleBatch(store.head(), { size: 1 }))
    const batch = sampleBatch(store.head(), { size: 2, request: 'in-doubt' })
    await assert.rejects(store.append(batch), /EIO/)
    await assert.rejects(store.append(batch), /journal is read-only: EIO/)
    const again = journal.open()
    assert.equal(await again.sequenceOfRequest('in-doubt'), outcome === 'kept' ? 2 : undefined)
    assert.equal(again.head().seq, outcome === 'kept' ? 3 : 1)
  })

test('M4 the same chance leaves the same files', async () => {
  const filesAfter = async (seed: number): Promise<string> => {
    const journal = simulatedJournal({ nonce: 'n', writeBufferBytes: 900 })
    const chance = new Prng(seed)
    for (const model of powerModelNames) {
      const store = journal.open()
      for (let i = 0; i < 4; i += 1) await store.append(sampleBatch(store.head(), { size: 2 }))
      store.append(sampleBatch(store.head(), { size: 2 })).catch((error: unknown) => {
        throw error
      })
      await Promise.resolve()
      journal.powerCut(model, chance)
    }
    const files = [...journal.disk.files()].sort(([a], [b]) => (a < b ? -1 : 1))
    return JSON.stringify(files.map(([path, bytes]) => [path, bytes.toString('hex')]))
  }
  assert.equal(await filesAfter(3), await filesAfter(3))
})

test.run()
