/** Each damage of the fault class K3 is named with its class and place, and nothing else is. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { inProcessOptions } from '../../journal/open/in-process-options.ts'
import { openJournal } from '../../journal/open/open-journal.ts'
import { Prng } from '../../simulator/schedule/prng.ts'
import {
  backupOf,
  damageKinds,
  inflict,
  type Damage,
  type DamageKind,
} from '../../simulator/store/damage.ts'
import { writeFiles } from '../../simulator/store/examine-disk.ts'
import { JournalRefused } from '../../simulator/store/simulated-journal.ts'
import { suite } from '../testing/suite.ts'
import { History } from './history.ts'
import { checked } from './runs.ts'

const test = suite('journal damage is seen')

interface Sample {
  readonly seed: number
  /** Batches per opening. */
  readonly openings: ReadonlyArray<ReadonlyArray<number>>
}

const batches = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 })
const sample: fc.Arbitrary<Sample> = fc.record({
  seed: fc.nat(),
  openings: fc.array(batches, { minLength: 1, maxLength: 3 }),
})

interface Damaged {
  readonly history: History
  readonly damage: Damage
}

/** The journal was at peace before: whatever is found afterwards is the damage. */
const damaged = async (
  kind: DamageKind,
  { seed, openings }: Sample,
): Promise<Damaged | undefined> => {
  const history = new History({ writeBufferBytes: 2_500 })
  const chance = new Prng(seed)
  let backup
  for (const [i, sizes] of openings.entries()) {
    await history.crash(true)
    for (const size of sizes) await history.append(history.batch(size))
    if (i === 0) backup = backupOf(history.journal.disk)
  }
  await history.append(history.batch(1))
  assert.deepEqual(history.journal.examine().findings, [], 'J8: an undamaged journal')
  history.journal.crash(() => true)
  const damage = inflict(kind, history.journal.disk, { chance, backup })
  history.journal.distrust()
  return damage === undefined ? undefined : { history, damage }
}

const isNamed = ({ history, damage }: Damaged): boolean =>
  history.journal
    .examine()
    .findings.some(
      (f) =>
        f.file === damage.file &&
        f.offset >= damage.from &&
        f.offset <= damage.to &&
        damage.classes.includes(f.kind),
    )

/** No start goes on as if nothing were: it refuses, unless nothing that was promised is missing. */
const checkStart = ({ history }: Damaged): void => {
  const opened = history.journal.tryOpen()
  if (E.isRight(opened)) {
    assert.equal(opened.right.head().seq, history.known.length, 'J2: a loss that no one tells')
    return
  }
  if (!(opened.left instanceof JournalRefused)) return assert.fail(opened.left.message)
  for (const [i, record] of opened.left.proven.entries())
    assert.deepEqual(Buffer.from(record.bytes), Buffer.from(history.known[i]?.bytes ?? []))
}

for (const kind of damageKinds)
  test(`J8 K3 ${kind} is named with its class, file and offset`, async () => {
    let seen = 0
    await checked(
      fc.asyncProperty(sample, async (s) => {
        const state = await damaged(kind, s)
        if (state === undefined) return
        seen += 1
        const { findings } = state.history.journal.examine()
        assert.ok(isNamed(state), JSON.stringify({ expected: state.damage, findings }))
        checkStart(state)
      }),
      { share: 1 / damageKinds.length },
    )
    assert.ok(seen > 20, `${seen} samples`)
  })

/** The simulated files are LevelDB's: the real opening protocol judges them alike. */
test('J8 the real opening protocol refuses what the simulated journal refuses', async () => {
  const root = await mkdtemp(join(tmpdir(), 'damage-seen-'))
  try {
    for (const [i, kind] of damageKinds.entries())
      for (let seed = 1; seed <= 3; seed += 1) {
        const openings = [
          [2, 1, 3],
          [1, 2, 2, 1, 1],
        ]
        const state = await damaged(kind, { seed: seed * 31 + i, openings })
        if (state === undefined) continue
        const copy = join(root, `${kind}-${seed}`)
        writeFiles(copy, state.history.journal.disk.files())
        const refused = E.isLeft(state.history.journal.tryOpen())
        assert.equal(await isRefused(copy), refused, `${kind} ${seed}`)
      }
  } finally {
    await rm(root, { recursive: true })
  }
})

/** Tables below the anchor are judged beside normal work, by the chain. */
const isRefused = async (root: string): Promise<boolean> => {
  const opened = await openJournal(inProcessOptions(root))
  if (E.isLeft(opened)) return true
  const verdict = await opened.right.verifyAll(new AbortController().signal)
  await opened.right.close()
  return verdict._tag !== 'Intact'
}

test('J8 a journal that was never damaged opens in LevelDB with the same records', async () => {
  const root = await mkdtemp(join(tmpdir(), 'damage-seen-'))
  try {
    const history = new History({ writeBufferBytes: 2_500 })
    for (let i = 0; i < 30; i += 1) {
      await history.append(history.batch(1 + (i % 5)))
      if (i % 6 === 5) await history.crash(true)
    }
    writeFiles(root, history.journal.disk.files())
    const opened = await openJournal(inProcessOptions(root))
    assert.ok(E.isRight(opened))
    const { head, read } = opened.right.store()
    assert.equal(head().seq, history.known.length)
    let n = 0
    for await (const record of read(1))
      assert.deepEqual(Buffer.from(record.bytes), Buffer.from(history.known[n++]?.bytes ?? []))
    await opened.right.close()
  } finally {
    await rm(root, { recursive: true })
  }
})

test.run()
