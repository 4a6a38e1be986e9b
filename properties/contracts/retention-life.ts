/** A journal with a life in it, and what must hold of it whatever happens to its records. */
import { equal, is } from 'uvu/assert'
import * as c from '../../simulator/run/sample-commands.ts'
import { replay } from '../../journal/fold/replay.ts'
import { stateHash } from '../../journal/fold/world-snapshot.ts'
import type { World } from '../../journal/fold/world.ts'
import { chainHash, genesisHash, hexOfHash } from '../../journal/record/hash-chain.ts'
import type { StoredRecord } from '../../journal/store/journal-store.ts'
import { rangeOfName } from '../../journal/retention/archive-name.ts'
import { RetentionRig } from '../../journal/retention/testing/retention-rig.ts'

export const c1 = c.containerNumber(1)
export const c2 = c.containerNumber(2)

/** Two containers that stay, several that come and go between them. */
export const lived = async (rig = new RetentionRig()): Promise<RetentionRig> => {
  await rig.open()
  await rig.ok(c.load(c.sampleImage(1)))
  await rig.ok(c.create(c1), 'first')
  await rig.ok(c.start(c1))
  for (let n = 10; n < 14; n += 1) {
    await rig.ok(c.create(c.containerNumber(n)), `create-${n}`)
    await rig.ok(c.start(c.containerNumber(n)))
    await rig.ok(c.remove(c.containerNumber(n), true))
  }
  await rig.ok(c.create(c2), 'late')
  return rig
}

export const assertOneChain = (records: ReadonlyArray<StoredRecord>): void => {
  let previous = genesisHash('rig')
  for (const [i, { seq, hash, bytes }] of records.entries()) {
    is(seq, i + 1)
    is(hexOfHash(hash), hexOfHash(chainHash(previous, bytes)), `record ${seq}`)
    previous = hash
  }
}

export const hexes = (records: ReadonlyArray<StoredRecord>): ReadonlyArray<string> =>
  records.map(({ hash }) => hexOfHash(hash))

export const objects = (world: World): string =>
  JSON.stringify([world.containers, world.images, world.layers].map((m) => [...m.entries()].sort()))

export const archivesOf = async (rig: RetentionRig): Promise<ReadonlyArray<string>> =>
  (await rig.files.list()).filter((name) => rangeOfName(name) !== undefined)

/** An archive is beyond the limits as soon as there is another. */
export const expiring = async (rig: RetentionRig): Promise<RetentionRig> => {
  rig.limits = { ageMs: null, sizeBytes: 1 }
  return lived(rig)
}

export const assertSound = async (
  rig: RetentionRig,
  before: ReadonlyArray<string>,
): Promise<void> => {
  const records = await rig.records()
  assertOneChain(records)
  equal(hexes(records).slice(0, before.length), before, 'nothing is lost')
  const [quick, whole] = [await replay(rig.store), await replay(rig.store, false)]
  is(stateHash(quick.world), stateHash(whole.world))
  is(stateHash(rig.engine.world), stateHash(whole.world))
}
