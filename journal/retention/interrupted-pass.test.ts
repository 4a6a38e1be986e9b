/** A pass that a crash or a full disk interrupts, at each of its steps: nothing is ever lost. */
import { equal, is, match, ok } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { replay } from '../fold/replay.ts'
import { stateHash } from '../fold/world-snapshot.ts'
import { Archives } from './archives.ts'
import {
  archivesOf,
  assertSound,
  c1,
  c2,
  expiring,
  hexes,
  lived,
  objects,
} from '../../properties/contracts/retention-life.ts'
import { RetentionRig, type Death } from './testing/retention-rig.ts'

const test = suite('interrupted retention')

/** Every step of a pass, met by every kind of crash. */
const deaths = (steps: number): ReadonlyArray<Death> =>
  Array.from({ length: steps }, (_, i) => i + 1).flatMap((step) =>
    (['before', 'half', 'after'] as const).flatMap((interruption) =>
      (['none', 'unsynced'] as const).map((loss) => ({ step, interruption, loss })),
    ),
  )

test('J1 J2 a crash at any step of a pass loses nothing, the next pass ends it', async () => {
  const model = await lived()
  model.archiveBytes = 9_000
  await model.retain()
  const { steps } = model
  match(steps.join('\n'), /stage.*\npublish.*\nsync names\nwrite.*\nwrite.*/)
  let crashes = 0
  for (const death of deaths(steps.length)) {
    const rig = await lived()
    rig.archiveBytes = 9_000
    const before = hexes(await rig.records())
    const state = objects(rig.engine.world)
    const where = JSON.stringify(death)
    is(await rig.retain(death), undefined, where)
    await rig.open()
    crashes += 1
    is(objects(rig.engine.world), state, where)
    await assertSound(rig, before)
    await rig.retain()
    await assertSound(rig, before)
    const facts = rig.engine.world.engine().archives
    equal(
      await rig.files.list(),
      facts.map(({ file }) => file),
      `${where}: nothing half is left, nothing is missing`,
    )
    is(facts.at(-1)?.to, (await rig.store.base()).seq, where)
    for (const fact of facts) await new Archives(rig.files).load(fact)
  }
  console.log(`${crashes} crashes at ${steps.length} steps`)
  is(crashes, steps.length * 6)
})

test('J1 J2 crashes again and again at the same step do no more harm than one', async () => {
  for (const step of [1, 2, 3, 4, 5]) {
    const rig = await lived()
    rig.archiveBytes = 9_000
    const before = hexes(await rig.records())
    for (let n = 0; n < 3; n += 1) {
      await rig.retain({ step, interruption: 'after', loss: 'unsynced' })
      await rig.open()
      await assertSound(rig, before)
    }
    await rig.retain()
    await assertSound(rig, before)
  }
})

test('J5 R-52 a full disk at any step of a pass leaves the journal as it was', async () => {
  const model = await lived()
  model.archiveBytes = 9_000
  await model.retain()
  const told: Array<string> = []
  for (let step = 1; step <= model.steps.length; step += 1) {
    const rig = await lived()
    rig.archiveBytes = 9_000
    const before = hexes(await rig.records())
    const state = objects(rig.engine.world)
    told.push(await rig.retainOnFullDisk(step))
    is(objects(rig.engine.world), state)
    await assertSound(rig, before)
    await rig.ok(c.stop(c1, 0))
    await assertSound(rig, before)
    await rig.retain()
    await assertSound(rig, before)
    const facts = rig.engine.world.engine().archives
    equal(
      await rig.files.list(),
      facts.map(({ file }) => file),
      `step ${step}`,
    )
    is(facts.at(-1)?.to, (await rig.store.base()).seq, `step ${step}`)
  }
  console.log(`a full disk at ${told.length} steps`)
  ok(
    told.every((said) => /ENOSPC|archived/.test(said)),
    told.join('\n'),
  )
})

test('J1 J2 a crash at any step of a deletion leaves the archive whole or gone', async () => {
  const prepared = async (): Promise<RetentionRig> => {
    const rig = await expiring(new RetentionRig())
    await rig.retain()
    rig.archiveBytes = Infinity
    await rig.ok(c.remove(c1, true))
    await rig.ok(c.remove(c2, true))
    await rig.ok(c.removeImage(1))
    return rig
  }
  const model = await prepared()
  const all = (await model.retain())?.deleted.length ?? 0
  const { steps } = model
  ok(all > 2)
  for (const death of deaths(steps.length)) {
    const rig = await prepared()
    is(await rig.retain(death), undefined)
    await rig.open()
    const facts = rig.engine.world.engine().archives
    const names = await archivesOf(rig)
    ok(
      facts.every(({ file }) => names.includes(file)),
      JSON.stringify(death),
    )
    await rig.retain()
    is((await archivesOf(rig)).length, 1, JSON.stringify(death))
    is(stateHash((await replay(rig.store, false)).world), stateHash(rig.engine.world))
  }
})

test.run()
