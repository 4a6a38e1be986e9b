/** One history, one state: folded live, from bytes, from a snapshot on, in another process. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import type { DomainEvent } from '../../domain/event.ts'
import { envelopeTime } from '../../journal/engine/recorded-event.ts'
import { foldEnvelope, replay } from '../../journal/fold/replay.ts'
import {
  canonicalState,
  restoreSnapshot,
  stateHash,
  takeSnapshot,
} from '../../journal/fold/world-snapshot.ts'
import { World } from '../../journal/fold/world.ts'
import { decodeEnvelope, encodeEnvelope } from '../../journal/record/envelope-codec.ts'
import type { Envelope } from '../../journal/record/envelope.ts'
import { chainHash } from '../../journal/record/hash-chain.ts'
import type { JournalStore, NewRecord } from '../../journal/store/journal-store.ts'
import { Prng } from '../../simulator/schedule/prng.ts'
import { powerModelNames } from '../../simulator/store/power-models.ts'
import { simulatedJournal } from '../../simulator/store/simulated-journal.ts'
import { suite } from '../testing/suite.ts'
import { anyHistory, envelopesOf } from './event-arbitraries.ts'
import { checked } from './runs.ts'

const test = suite('journal replay')
const self = fileURLToPath(import.meta.url)

/** As the engine keeps its state while it writes. */
const liveWorld = (events: ReadonlyArray<DomainEvent>): World => {
  const world = new World()
  for (const [i, envelope] of envelopesOf(events).entries()) {
    const event = events[i]
    if (event !== undefined) world.apply(world.step(event, envelopeTime(envelope)).change)
  }
  return world
}

const fromBytes = (bytes: Uint8Array): Envelope => {
  const envelope = decodeEnvelope(bytes)
  return envelope._tag === 'Right' ? envelope.right : assert.fail(envelope.left)
}

const folded = (world: World, envelopes: ReadonlyArray<Envelope>): World => {
  for (const envelope of envelopes) foldEnvelope(world, envelope)
  return world
}

const readBack = (events: ReadonlyArray<DomainEvent>): ReadonlyArray<Envelope> =>
  envelopesOf(events).map((envelope) => fromBytes(encodeEnvelope(envelope)))

test('J6 the fold of the bytes is the live state, twice, byte by byte', () =>
  checked(
    fc.property(anyHistory, (events) => {
      const live = canonicalState(liveWorld(events))
      const envelopes = readBack(events)
      assert.equal(canonicalState(folded(new World(), envelopes)), live)
      assert.equal(canonicalState(folded(new World(), envelopes)), live)
    }),
  ))

test('J6 a snapshot at any place and the rest give the same state', () =>
  checked(
    fc.property(anyHistory, fc.nat(), (events, place) => {
      const envelopes = readBack(events)
      const at = place % (envelopes.length + 1)
      const before = folded(new World(), envelopes.slice(0, at))
      const restored = restoreSnapshot(takeSnapshot(before, 5))
      assert.ok(restored !== undefined)
      const whole = canonicalState(folded(new World(), envelopes))
      assert.equal(canonicalState(folded(restored.world, envelopes.slice(at))), whole)
    }),
  ))

const recordsOf = (store: JournalStore, envelopes: ReadonlyArray<Envelope>) => {
  let previous = store.head().hash
  return envelopes.map((envelope): NewRecord => {
    const bytes = encodeEnvelope(envelope)
    previous = chainHash(previous, bytes)
    const { seq, stream, streamSeq, request } = envelope
    return { seq, hash: previous, bytes, stream, streamSeq, requestId: request }
  })
}

test('J6 after a power cut the journal and its snapshot fold to the state that was', () =>
  checked(
    fc.asyncProperty(anyHistory, fc.nat(), async (events, seed) => {
      const chance = new Prng(seed)
      const journal = simulatedJournal({ nonce: 'replay' })
      let store = journal.open()
      const envelopes = envelopesOf(events)
      const at = chance.below(envelopes.length + 1)
      await store.append(recordsOf(store, envelopes.slice(0, at)))
      const before = (await replay(store)).world
      await store.putSnapshot({ ...store.head(), bytes: takeSnapshot(before, 1) })
      await store.append(recordsOf(store, envelopes.slice(at)))
      journal.powerCut(chance.pick(powerModelNames), chance)
      store = journal.open()
      const [quick, whole] = [await replay(store), await replay(store, false)]
      assert.equal(quick.folded, envelopes.length - at)
      assert.equal(canonicalState(quick.world), canonicalState(whole.world))
      assert.equal(canonicalState(whole.world), canonicalState(liveWorld(events)))
    }),
    { share: 1 / 4 },
  ))

const foldAll = (histories: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  histories.map((texts) =>
    stateHash(
      folded(
        new World(),
        texts.map((text) => fromBytes(Buffer.from(text, 'base64'))),
      ),
    ),
  )

test('J6 another process in another place and time zone folds to the same states', async () => {
  const histories = fc
    .sample(anyHistory, 500)
    .map((events) =>
      envelopesOf(events).map((e) => Buffer.from(encodeEnvelope(e)).toString('base64')),
    )
  const folder = await mkdtemp(join(tmpdir(), 'journal-replay-'))
  try {
    const file = join(folder, 'histories.json')
    await writeFile(file, JSON.stringify(histories))
    const tsx = import.meta.resolve('tsx')
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--max-old-space-size=300', '--import', tsx, self],
      {
        cwd: folder,
        env: { ...process.env, FOLD_FILE: file, TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8' },
      },
    )
    assert.deepEqual(JSON.parse(stdout), foldAll(histories))
  } finally {
    await rm(folder, { recursive: true })
  }
})

const foldFile = async (file: string): Promise<void> => {
  const histories = JSON.parse(await readFile(file, 'utf8')) as ReadonlyArray<ReadonlyArray<string>>
  process.stdout.write(JSON.stringify(foldAll(histories)))
}

const file = process.env['FOLD_FILE']
if (file !== undefined) await foldFile(file)
else test.run()
