/** One batch in flight, everything that waits goes into the next; nothing is answered before. */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is, ok } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import type { SubmitResult } from './submission.ts'
import { EngineRig } from './testing/engine-rig.ts'
import { settled } from './testing/manual-time.ts'

const test = suite('group commit')

const rigWithImage = async (): Promise<EngineRig> => {
  const rig = await new EngineRig().open()
  await rig.ok(c.load(c.sampleImage(1)))
  return rig
}

const creating = (n: number) => c.create(c.containerNumber(n))

test('J3 what comes while a batch is in flight shares the next one', async () => {
  const rig = await rigWithImage()
  const before = rig.appends
  rig.hold()
  const answers = [1, 2, 3, 4, 5, 6].map((n) => rig.submit(creating(n), `r${n}`))
  await settled()
  is(rig.appends - before, 1, 'one batch is in flight')
  await rig.release()
  for (const answer of await Promise.all(answers)) ok(E.isRight(answer))
  // The first request, the five others, and the outcomes of the effects, which come in few bursts.
  ok(rig.appends - before <= 5, `${rig.appends - before} batches`)
})

test('a batch has at most 256 records', async () => {
  const rig = await rigWithImage()
  await rig.ok(creating(1))
  const before = rig.appends
  rig.hold()
  const answers: Promise<SubmitResult>[] = []
  for (let n = 0; n < 600; n += 1)
    answers.push(rig.submit(c.rename(c.containerNumber(1), `name-${n}`)))
  await settled()
  await rig.release()
  await Promise.all(answers)
  is(rig.appends - before, 4, '1 + 256 + 256 + 87')
  is(rig.engine.world.container(c.containerNumber(1))?.name, 'name-599')
})

test('W12 R-40 neither replies nor queries nor effects run ahead of durability', async () => {
  const rig = await rigWithImage()
  rig.hold()
  let isAnswered = false
  const answer = rig.submit(creating(1)).finally(() => (isAnswered = true))
  await rig.time.advance(60_000)
  is(isAnswered, false)
  is(rig.engine.world.containers.size, 0)
  equal(
    rig.host.calls.filter((call) => call.startsWith('create')),
    [],
  )
  await rig.release()
  ok(E.isRight(await answer))
})

test('a refusal that rests on what is not durable yet waits for it', async () => {
  const rig = await rigWithImage()
  rig.hold()
  const first = rig.submit(c.create(c.containerNumber(1), { name: 'web' }))
  let refusal: SubmitResult | undefined
  void rig
    .submit(c.create(c.containerNumber(2), { name: 'web' }))
    .then((result) => (refusal = result))
  await settled()
  is(refusal, undefined)
  await rig.release()
  await first
  ok(refusal !== undefined && E.isLeft(refusal))
  is(refusal.left._tag, 'NameInUse')
})

test('an acceptance without events waits for what it rests on as well', async () => {
  const rig = await rigWithImage()
  await rig.ok(creating(1))
  await rig.ok(c.start(c.containerNumber(1)))
  rig.hold()
  void rig.submit(c.stop(c.containerNumber(1)))
  let isAnswered = false
  void rig.submit(c.stop(c.containerNumber(1))).finally(() => (isAnswered = true))
  await rig.time.advance(1_000)
  is(isAnswered, false)
  await rig.release()
  await rig.time.advance(1_000)
  is(isAnswered, true)
})

test('R-57 commands of many clients on one container end as if they came in a row', async () => {
  const rig = await rigWithImage()
  const id = c.containerNumber(1)
  await rig.ok(creating(1))
  const commands = [c.start(id), c.stop(id), c.start(id), c.kill(id), c.restart(id), c.remove(id)]
  const answers = commands.map((command) => rig.submit(command))
  await rig.time.advance(120_000)
  const results = await Promise.all(answers)
  is(results.length, commands.length)
  const removed = results[5]
  ok(removed !== undefined)
  is(rig.engine.world.container(id) === undefined, E.isRight(removed))
})

test.run()
