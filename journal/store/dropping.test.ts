/** Old records go: the contract on LevelDB and in memory, and crashes while they go. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filled } from '../../properties/contracts/journal-store.contract.ts'
import {
  droppingAt,
  journalRetentionContract,
} from '../../properties/contracts/journal-retention.contract.ts'
import type { JournalStore } from './journal-store.ts'
import { openLevelStore } from './level-store.ts'
import { memoryJournal } from './memory-store.ts'

const inMemory = journalRetentionContract('memory store, dropping', () => {
  const journal = memoryJournal({ nonce: 'n' })
  return Promise.resolve({
    open: () => Promise.resolve(journal.open()),
    dispose: () => Promise.resolve(),
  })
})

for (const kept of [true, false])
  inMemory(`J3 a crash while records go leaves ${kept ? 'none' : 'all'} of them`, async () => {
    let release = (): void => undefined
    let isGated = false
    const journal = memoryJournal({
      nonce: 'n',
      gate: () => (isGated ? new Promise((resolve) => (release = resolve)) : Promise.resolve()),
    })
    const store = journal.open()
    await filled(store, 4, 5)
    const dropping = await droppingAt(store, 12)
    isGated = true
    void store.dropThrough(dropping)
    await new Promise((resolve) => setImmediate(resolve))
    journal.crash(() => kept)
    release()
    const again = journal.open()
    assert.equal((await again.base()).seq, kept ? 12 : 0)
    assert.equal(journal.records().length, kept ? 8 : 20)
    assert.equal(again.head().seq, 20)
  })

inMemory.run()

const onLevel = journalRetentionContract('LevelDB store, dropping', async () => {
  const root = await mkdtemp(join(tmpdir(), 'level-dropping-'))
  const opened: Array<JournalStore> = []
  return {
    open: async () => {
      const store = await openLevelStore({ directory: join(root, 'db'), newNonce: () => 'n' })
      opened.push(store)
      return store
    },
    dispose: async () => {
      for (const store of opened) await store.close()
      await rm(root, { recursive: true })
    },
  }
})

onLevel.run()
