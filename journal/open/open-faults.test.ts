/** What goes wrong around an opening: it is told, the lock is free again, nothing stays open. */
import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { bootId } from '../../domain/identity.ts'
import { filled } from '../../properties/contracts/journal-store.contract.ts'
import { suite } from '../../properties/testing/suite.ts'
import type { Finding } from '../forensic/finding.ts'
import type { StoredRecord } from '../store/journal-store.ts'
import { openLevelStore } from '../store/level-store.ts'
import { memoryJournal } from '../store/memory-store.ts'
import { StoreClosed } from '../store/store-errors.ts'
import { inProcessOptions } from './in-process-options.ts'
import { openJournal, type OpenJournal, type OpenOptions } from './open-journal.ts'
import { inProcessLock } from './ownership.ts'
import { openRefusalText } from './refusal.ts'
import { storageFailed } from './storage-error.ts'
import { verifyChain } from './verify-chain.ts'

const test = suite('faults of an opening')

const inRoot =
  (body: (root: string) => Promise<void>): (() => Promise<void>) =>
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'open-faults-'))
    try {
      await body(root)
    } finally {
      await rm(root, { recursive: true })
    }
  }

const opened = async (options: OpenOptions): Promise<OpenJournal> => {
  const journal = await openJournal(options)
  if (E.isLeft(journal)) throw new Error(openRefusalText(journal.left))
  return journal.right
}

const refusal = async (options: OpenOptions): Promise<string> => {
  const journal = await openJournal(options)
  if (E.isLeft(journal)) return openRefusalText(journal.left)
  await journal.right.close()
  return 'opened'
}

test(
  'a lock that cannot be taken is told with its reason, and nothing is made',
  inRoot(async (root) => {
    const reason = 'EIO: the disk does not answer'
    const lock = {
      acquire: () => Promise.resolve(E.left({ _tag: 'LockFailed' as const, reason })),
    }
    const said = await refusal({ ...inProcessOptions(root), lock })
    assert.equal(said, `the journal cannot be opened: ${reason}`)
  }),
)

test(
  'R-63 FORMAT is read again under the lock: its writer may have left just then',
  inRoot(async (root) => {
    const inner = inProcessLock()
    const lock: OpenOptions['lock'] = {
      acquire: async (path, identity) => {
        const owned = await inner.acquire(path, identity)
        await writeFile(join(root, 'FORMAT'), '{"engine":7,"journal":9}')
        return owned
      },
    }
    const options = { ...inProcessOptions(root), lock }
    assert.equal(
      await refusal(options),
      'FORMAT is newer than this program: engine 7, journal 9; known is engine 1, journal 1',
    )
    await rm(join(root, 'FORMAT'))
    assert.equal(await refusal({ ...options, lock: inner }), 'opened')
  }),
)

test(
  'an anchor that cannot be written ends the opening; store and lock are free again',
  inRoot(async (root) => {
    const options = inProcessOptions(root)
    await mkdir(join(root, 'journal.head', 'x'), { recursive: true })
    assert.match(await refusal(options), /^the journal cannot be opened: /)
    await rm(join(root, 'journal.head'), { recursive: true })
    assert.equal(await refusal(options), 'opened')
  }),
)

test(
  'a database that another handle holds is a storage failure, not damage',
  inRoot(async (root) => {
    const options = inProcessOptions(root)
    await (await opened(options)).close()
    const directory = join(root, 'journal')
    const store = await openLevelStore({ directory, newNonce: () => 'n' })
    assert.match(await refusal(options), /^the journal cannot be opened: .*lock/i)
    await store.close()
    assert.equal(await refusal(options), 'opened')
  }),
)

test(
  'R-52 a reserve that cannot be put in place is a side error: the journal works without it',
  inRoot(async (root) => {
    const ballast = join(root, 'journal.ballast')
    await mkdir(ballast)
    const options = inProcessOptions(root, 1024 * 1024)
    const journal = await opened(options)
    assert.equal(options.sideErrors.length, 1)
    assert.equal(await journal.replenish(), false)
    await filled(journal.store(), 1, 1)
    await rmdir(ballast)
    assert.equal(await journal.replenish(), true)
    assert.equal(options.sideErrors.length, 2)
    await journal.close()
  }),
)

test(
  'J2 a reopening that does not find what was acknowledged is refused',
  inRoot(async (root) => {
    const journal = await opened(inProcessOptions(root))
    await filled(journal.store(), 2, 1)
    const directory = join(root, 'journal')
    await cp(directory, join(root, 'older'), { recursive: true })
    await filled(journal.store(), 2, 1)
    await rm(directory, { recursive: true })
    await cp(join(root, 'older'), directory, { recursive: true })
    const reopened = await journal.reopen()
    assert.match(
      E.isLeft(reopened) ? reopened.left : 'reopened',
      /^the journal is damaged: .*ends at record 2, but record 4 was acknowledged/,
    )
    await journal.close()
  }),
)

const store = async () => {
  const made = memoryJournal({ nonce: 'n' }).open()
  await filled(made, 4, 1)
  return made
}

test('J4 the background check names the first record that is not what it says', async () => {
  const sound = await store()
  const { signal } = new AbortController()
  const reading = (change: (record: StoredRecord) => StoredRecord) => ({
    ...sound,
    read: async function* (from: number) {
      for await (const record of sound.read(from)) yield record.seq === 3 ? change(record) : record
    },
  })
  const garbage = reading((record) => ({ ...record, bytes: Buffer.from('{') }))
  const moved = reading((record) => ({ ...record, seq: 9 }))
  assert.deepEqual(await verifyChain(sound, signal), { _tag: 'Intact', records: 4 })
  const verdicts = [await verifyChain(garbage, signal), await verifyChain(moved, signal)]
  assert.deepEqual(
    verdicts.map((v) => (v._tag === 'Damaged' ? v.seq : v._tag)),
    [3, 9],
  )
  assert.match(JSON.stringify(verdicts[1]), /it says that it is record 3/)
})

test('the background check can be ended, and a closed store is no damage', async () => {
  const sound = await store()
  const abort = new AbortController()
  abort.abort()
  assert.deepEqual(await verifyChain(sound, abort.signal), { _tag: 'Aborted', records: 0 })
  await sound.close()
  await assert.rejects(verifyChain(sound, new AbortController().signal), StoreClosed)
})

test('refusals in words: the holder if it is known, the errno behind a sentence', () => {
  const holder = { boot: bootId('b1'), pid: 7, startTicks: 1 }
  assert.equal(
    openRefusalText({ _tag: 'HeldBy', holder }),
    'the journal is held by pid 7 of boot b1',
  )
  assert.equal(
    openRefusalText({ _tag: 'HeldBy', holder: undefined }),
    'the journal is held by another daemon',
  )
  const finding: Finding = { kind: 'bad-chain', file: 'f', offset: 3, sizeBytes: 0, detail: 'no' }
  const findings = [finding, { ...finding, file: 'g' }]
  const quarantined = { _tag: 'Quarantined', findings, head: undefined, records: () => [] } as const
  assert.match(openRefusalText(quarantined), /^the journal is damaged: .*f.*no; .*g.*no/)
  const full = new Error('batch failed', { cause: new Error('IO error: No space left on device') })
  const refused = storageFailed(full)
  assert.equal(refused._tag === 'StorageFailed' && refused.errno, 'ENOSPC')
  assert.equal(openRefusalText(storageFailed('odd')), 'the journal cannot be opened: odd')
})

test.run()
