/** Snapshots are caches: taken, used, equal to the fold of everything, and ignored when damaged. */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is, ok } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { EngineRig } from '../engine/testing/engine-rig.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { Snapshot } from '../store/journal-store.ts'
import { foldEnvelope, replay } from './replay.ts'
import { canonicalState, restoreSnapshot, stateHash, takeSnapshot } from './world-snapshot.ts'
import { World } from './world.ts'

const test = suite('snapshots')
const c1 = c.containerNumber(1)
const c2 = c.containerNumber(2)

const busy = async (): Promise<EngineRig> => {
  const rig = await new EngineRig().open()
  await rig.ok(c.load(c.sampleImage(1)))
  await rig.ok(c.load(c.sampleImage(2)))
  await rig.ok(c.create(c1))
  await rig.ok(c.create(c2, { image: 2, restart: { Name: 'always', MaximumRetryCount: 0 } }))
  await rig.ok(c.start(c1))
  await rig.ok(c.start(c2))
  void rig.submit(c.exec(c1, { args: ['forever'] }))
  await rig.time.advance(100)
  await rig.ok(c.kill(c2))
  return rig
}

const snapshotOf = async (rig: EngineRig): Promise<Snapshot> => {
  const snapshot = await rig.store.latestSnapshot()
  if (snapshot === undefined) throw new Error('there is no snapshot')
  return snapshot
}

test('J6 a clean end leaves a snapshot, a restart from it folds only what came after', async () => {
  const rig = await busy()
  await rig.engine.stop('SIGTERM')
  const snapshot = await snapshotOf(rig)
  is(snapshot.seq, rig.store.head().seq)
  rig.kill()
  const quick = await replay(rig.store)
  const whole = await replay(rig.store, false)
  is(quick.folded, 0)
  is(whole.folded, rig.store.head().seq)
  is(canonicalState(quick.world), canonicalState(whole.world))
  is(quick.lastWallMs, whole.lastWallMs)
})

test('J6 snapshot and later events give the whole fold, indexes included', async () => {
  const rig = await busy()
  await rig.engine.stop('SIGTERM')
  await rig.restart()
  await rig.ok(c.rename(c1, 'renamed'))
  await rig.ok(c.remove(c2, true))
  const quick = await replay(rig.store)
  const whole = await replay(rig.store, false)
  ok(quick.folded > 0 && quick.folded < whole.folded)
  is(stateHash(quick.world), stateHash(whole.world))
  is(stateHash(quick.world), stateHash(rig.engine.world))
  for (const { world } of [quick, whole]) {
    is(world.containerByName('renamed')?.id, c1)
    is(world.containerByName('name-c001'), undefined)
    is(world.imageByReference('image-1:latest')?.id, c.imageNumber(1))
    equal(
      world.containersOfImage(c.imageNumber(1)).map((x) => x.id),
      [c1],
    )
    equal(world.containersOfImage(c.imageNumber(2)), [])
    is(world.imagesOfLayer(c.layerNumber(9)).length, 2)
  }
})

test('J6 a snapshot at any place and the rest of the journal give the same state', async () => {
  const rig = await busy()
  const envelopes = rig.journal.records().map((record) => {
    const envelope = decodeEnvelope(record.bytes)
    if (E.isLeft(envelope)) throw new Error(envelope.left)
    return envelope.right
  })
  const fold = (world: World, from: number, to?: number): World => {
    for (const envelope of envelopes.slice(from, to)) foldEnvelope(world, envelope)
    return world
  }
  const whole = canonicalState(fold(new World(), 0))
  is(whole, canonicalState((await replay(rig.store, false)).world))
  for (let n = 0; n <= envelopes.length; n += 1) {
    const restored = restoreSnapshot(takeSnapshot(fold(new World(), 0, n), n))
    ok(restored !== undefined)
    is(restored.lastWallMs, n)
    is(canonicalState(fold(restored.world, n)), whole)
  }
})

test('a damaged snapshot is ignored byte by byte, and the journal is folded instead', async () => {
  const rig = await busy()
  await rig.engine.stop('SIGTERM')
  const snapshot = await snapshotOf(rig)
  for (let at = 0; at < snapshot.bytes.length; at += 37) {
    const bytes = Uint8Array.from(snapshot.bytes)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    is(restoreSnapshot(bytes), undefined, `byte ${at}`)
  }
  is(restoreSnapshot(snapshot.bytes.subarray(0, 70)), undefined)
  is(restoreSnapshot(new Uint8Array()), undefined)
  await rig.store.putSnapshot({ ...snapshot, bytes: snapshot.bytes.subarray(0, 99) })
  const whole = await replay(rig.store, false)
  const despite = await replay(rig.store)
  is(despite.folded, whole.folded)
  is(stateHash(despite.world), stateHash(whole.world))
})

test('a long run takes snapshots by itself: a crash is followed by a short fold', async () => {
  const rig = await busy()
  const renames = Array.from({ length: 20_000 }, (_, n) => rig.ok(c.rename(c1, `name-${n}`)))
  await Promise.all(renames)
  await rig.restart()
  const { folded, world } = await replay(rig.store)
  ok(folded < 2_000, `${folded} folded`)
  is(stateHash(world), stateHash((await replay(rig.store, false)).world))
})

test.run()
