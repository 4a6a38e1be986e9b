/** A request id makes a repetition harmless: while it runs, after it ended, after a restart. */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is, ok } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { EngineRig } from './testing/engine-rig.ts'
import { settled } from './testing/manual-time.ts'

const test = suite('request ids')
const c1 = c.containerNumber(1)

const rigWithImage = async (): Promise<EngineRig> => {
  const rig = await new EngineRig().open()
  await rig.ok(c.load(c.sampleImage(1)))
  return rig
}

test('I12 W12 the same id sent twice at once is one command with one answer', async () => {
  const rig = await rigWithImage()
  const added = await rig.added(async () => {
    const answers = await Promise.all([
      rig.submit(c.create(c1), 'r1'),
      rig.submit(c.create(c1), 'r1'),
      rig.submit(c.create(c1), 'r1'),
    ])
    ok(E.isRight(answers[0]))
    equal(answers[1], answers[0])
    equal(answers[2], answers[0])
  })
  equal(added, ['ContainerCreateRequested', 'ContainerCreated'])
  equal(
    rig.host.calls.filter((call) => call.startsWith('create')),
    [`create ${c1}`],
  )
})

test('I12 W12 an id sent again gets the first answer, also from a new daemon', async () => {
  const rig = await rigWithImage()
  const create = await rig.submit(c.create(c1), 'r1')
  const start = await rig.submit(c.start(c1), 'r2')
  equal(await rig.submit(c.create(c1), 'r1'), create)
  equal(await rig.submit(c.start(c1), 'r2'), start)
  await rig.restart()
  const added = await rig.added(async () => {
    equal(await rig.submit(c.create(c1), 'r1'), create)
    equal(await rig.submit(c.start(c1), 'r2'), start)
  })
  equal(added, [])
  is(rig.host.calls.filter((call) => call.startsWith('start')).length, 1)
})

test('I12 W12 an id whose container is gone by now still gets the first answer', async () => {
  const rig = await rigWithImage()
  const create = await rig.submit(c.create(c1), 'r1')
  const remove = await rig.submit(c.remove(c1), 'r2')
  await rig.restart()
  equal(await rig.submit(c.create(c1), 'r1'), create)
  equal(await rig.submit(c.remove(c1), 'r2'), remove)
  is(rig.engine.world.containers.size, 0)
})

test('I12 an id whose operation is still open waits for its end, after a restart too', async () => {
  const rig = await rigWithImage()
  await rig.ok(c.create(c1))
  await rig.ok(c.start(c1))
  const exec = c.exec(c1, { args: ['forever'] })
  void rig.submit(exec, 'r1')
  await settled()
  await rig.restart()
  const answers: unknown[] = []
  void rig.submit(exec, 'r1').then((a) => answers.push(a))
  void rig.submit(exec, 'r1').then((a) => answers.push(a))
  await settled()
  equal(answers, [])
  const e1 = c.exec(c1, { args: [] })
  if (e1._tag === 'ExecInContainer') rig.host.exit({ id: c1, attempt: 1 }, 7, e1.exec)
  await rig.time.advance(10)
  is(answers.length, 2)
  ok(JSON.stringify(answers[0]).includes('"code":7'), JSON.stringify(answers[0]))
  is(rig.host.calls.filter((call) => call.startsWith('exec')).length, 1)
})

test('I12 a request that was killed before it was durable is run by the next daemon', async () => {
  const rig = await rigWithImage()
  rig.hold()
  void rig.submit(c.create(c1), 'r1')
  await settled()
  rig.kill(false)
  await rig.open()
  is(rig.engine.world.containers.size, 0)
  await rig.ok(c.create(c1), 'r1')
  is(rig.engine.world.containers.size, 1)
})

test('I12 a request that was durable when the daemon was killed is finished once', async () => {
  const rig = await rigWithImage()
  rig.hold()
  void rig.submit(c.create(c1), 'r1')
  await settled()
  rig.kill(true)
  await rig.open()
  const events = await rig.ok(c.create(c1), 'r1')
  equal(
    events.map((e) => e._tag),
    ['ContainerCreateRequested'],
  )
  is(rig.kinds().filter((kind) => kind === 'ContainerCreateRequested').length, 1)
})

test('I12 a failed operation is told as failed when it is asked for again', async () => {
  const rig = await rigWithImage()
  await rig.ok(c.create(c1))
  await rig.ok(c.start(c1))
  const added = await rig.added(async () => {
    const overtaken = rig.submit(c.exec(c1, { args: ['forever'] }), 'r1')
    await settled()
    await rig.ok(c.remove(c1, true))
    equal(await rig.submit(c.exec(c1, { args: ['forever'] }), 'r1'), await overtaken)
  })
  is(added.filter((kind) => kind === 'ContainerExecRequested').length, 1)
})

test.run()
