/** How many events an operation may cost, everything that follows included: the budget. */
import { equal, ok } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { EngineRig } from './testing/engine-rig.ts'

const test = suite('event budget')
const c1 = c.containerNumber(1)

const rigWithImage = async (): Promise<EngineRig> => {
  const rig = await new EngineRig().open()
  await rig.ok(c.load(c.sampleImage(1)))
  return rig
}

const within = (added: ReadonlyArray<string>, most: number): void =>
  ok(added.length > 0 && added.length <= most, added.join(' '))

test('create at most 3, start 4, exec 2, stop 3, remove 3', async () => {
  const rig = await rigWithImage()
  within(await rig.added(() => rig.ok(c.create(c1))), 3)
  within(await rig.added(() => rig.ok(c.start(c1))), 4)
  const exec = c.exec(c1, { args: ['true'] })
  within(
    await rig.added(async () => {
      const answer = rig.ok(exec)
      await rig.time.advance(0)
      if (exec._tag === 'ExecInContainer') rig.host.exit({ id: c1, attempt: 1 }, 0, exec.exec)
      await answer
    }),
    2,
  )
  within(await rig.added(() => rig.ok(c.stop(c1))), 3)
  within(await rig.added(() => rig.ok(c.remove(c1))), 3)
})

test('a removal by force of a running container at most 4', async () => {
  const rig = await rigWithImage()
  await rig.ok(c.create(c1))
  await rig.ok(c.start(c1))
  within(await rig.added(() => rig.ok(c.remove(c1, true))), 4)
})

test('an idle engine appends nothing, hour after hour, with a running container too', async () => {
  const rig = await rigWithImage()
  await rig.ok(c.create(c1))
  await rig.ok(c.start(c1))
  equal(await rig.added(() => rig.time.advance(3 * 3_600_000)), [])
})

test('I10 a restart costs one event when there is nothing to recover', async () => {
  const rig = await rigWithImage()
  await rig.ok(c.create(c1))
  await rig.ok(c.start(c1))
  equal(await rig.added(() => rig.restart()), ['EngineStarted'])
  equal(await rig.added(() => rig.restart()), ['EngineStarted'])
})

test('a configuration is stored once, in its creation event', async () => {
  const rig = await rigWithImage()
  await rig.ok(c.create(c1))
  await rig.ok(c.start(c1))
  await rig.ok(c.restart(c1))
  const withConfig = rig.events().filter((e) => JSON.stringify(e).includes('"Cmd"'))
  equal(
    withConfig.map((e) => e._tag),
    ['ContainerCreateRequested'],
  )
})

test.run()
