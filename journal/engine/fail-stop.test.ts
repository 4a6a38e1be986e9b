/** After a failed append nothing is acknowledged that is not there, and nothing known is lost. */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is, ok } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import type { AppendFault } from '../store/memory-store.ts'
import { journalLostExitCode } from './fail-stop.ts'
import type { SubmitResult } from './submission.ts'
import { EngineRig } from './testing/engine-rig.ts'
import { settled } from './testing/manual-time.ts'

const test = suite('fail-stop')
const c1 = c.containerNumber(1)
const c2 = c.containerNumber(2)
const lost: AppendFault = { error: new Error('no space left on device'), outcome: 'lost' }
const kept: AppendFault = { error: new Error('input/output error'), outcome: 'kept' }

const running = async (): Promise<EngineRig> => {
  const rig = await new EngineRig().open()
  await rig.ok(c.load(c.sampleImage(1)))
  await rig.ok(c.create(c1))
  await rig.ok(c.start(c1))
  return rig
}

const left = (result: SubmitResult) => {
  if (E.isRight(result)) throw new Error(`accepted: ${JSON.stringify(result.right)}`)
  return result.left
}

const count = (rig: EngineRig, kind: string): number => rig.kinds().filter((k) => k === kind).length

test('J5 a lost client command is answered as refused by a read-only journal', async () => {
  const rig = await running()
  rig.faults = [lost]
  equal(left(await rig.submit(c.create(c2), 'r1')), {
    _tag: 'JournalReadOnly',
    cause: 'no space left on device',
  })
  is(rig.reopenings, 1)
  is(rig.engine.world.container(c2), undefined)
  await rig.time.advance(1_100)
  is(rig.engine.readOnly, undefined)
  await rig.ok(c.create(c2), 'r1')
  await rig.restart()
  ok(rig.engine.world.container(c2) !== undefined)
})

test('J5 a command whose failed append is durable is found, finished and answered', async () => {
  const rig = await running()
  rig.faults = [kept]
  const result = await rig.submit(c.create(c2), 'r1')
  ok(E.isRight(result))
  is(rig.engine.world.container(c2)?.phase._tag, 'Created')
  is(count(rig, 'ContainerCreateRequested'), 2)
  const added = await rig.added(() => rig.submit(c.create(c2), 'r1'))
  equal(added, [])
})

test('J5 J2 the engine keeps its own records over a lost append', async () => {
  const rig = await running()
  rig.faults = [lost]
  rig.host.exit({ id: c1, attempt: 1 }, 3)
  await rig.time.advance(2_000)
  is(count(rig, 'ContainerExited'), 1)
  is(rig.engine.world.container(c1)?.phase._tag, 'Exited')
  await rig.restart()
  is(count(rig, 'ContainerExited'), 1)
})

test('J5 the engine does not repeat its own record that was durable after all', async () => {
  const rig = await running()
  rig.faults = [kept]
  rig.host.exit({ id: c1, attempt: 1 }, 3)
  await rig.time.advance(2_000)
  is(count(rig, 'ContainerExited'), 1)
  is(count(rig, 'ContainerReleased'), 1)
})

test('J5 a refusal that rested on what was lost is not given', async () => {
  const rig = await running()
  rig.hold()
  rig.faults = [lost]
  const first = rig.submit(c.create(c2, { name: 'web' }))
  const second = rig.submit(c.create(c.containerNumber(3), { name: 'web' }))
  const third = rig.submit(c.remove(c2))
  await settled()
  await rig.release()
  is(left(await first)._tag, 'JournalReadOnly')
  is(left(await second)._tag, 'JournalReadOnly')
  is(left(await third)._tag, 'NoSuchContainer')
})

test('J5 J3 what waited behind a failed batch is not acknowledged either', async () => {
  const rig = await running()
  rig.hold()
  rig.faults = [lost]
  const answers = [2, 3, 4].map((n) => rig.submit(c.create(c.containerNumber(n)), `r${n}`))
  await settled()
  await rig.release()
  for (const answer of await Promise.all(answers)) is(left(answer)._tag, 'JournalReadOnly')
  equal([...rig.engine.world.containers.keys()], [c1])
})

test('R-52 below the reserve what ends or frees things goes on, the rest is refused', async () => {
  const rig = await running()
  rig.reserveInPlace = false
  rig.faults = [lost]
  const full = { _tag: 'JournalReadOnly', cause: 'no space left on device' }
  equal(left(await rig.submit(c.create(c2))), full)
  await rig.time.advance(60_000)
  equal(left(await rig.submit(c.create(c2))), full)
  equal(left(await rig.submit(c.exec(c1, { args: ['x'] }))), full)
  equal(left(await rig.submit(c.load(c.sampleImage(2)))), full)
  equal(left(await rig.submit(c.rename(c1, 'other'))), full)
  is(rig.engine.world.container(c1)?.phase._tag, 'Running', 'queries go on')
  await rig.ok(c.kill(c1, 1))
  await rig.time.advance(1_000)
  is(rig.engine.world.container(c1)?.phase._tag, 'Exited')
  await rig.ok(c.remove(c1))
  await rig.ok(c.removeImage(1))
  rig.reserveInPlace = true
  await rig.time.advance(1_100)
  is(rig.engine.readOnly, undefined)
  await rig.ok(c.load(c.sampleImage(1)))
  await rig.ok(c.create(c2))
})

test('R-52 a stop that was in the failed batch is carried out after the reopening', async () => {
  const rig = await running()
  rig.reserveInPlace = false
  rig.faults = [lost]
  ok(E.isRight(await rig.submit(c.stop(c1), 'r1')))
  is(rig.engine.world.container(c1)?.phase._tag, 'Exited')
  is(count(rig, 'ContainerStopRequested'), 1)
})

test('R-52 a daemon that starts without its reserve takes nothing new until then', async () => {
  const rig = await running()
  rig.kill()
  rig.reserveInPlace = false
  await rig.open()
  is(left(await rig.submit(c.create(c2)))._tag, 'JournalReadOnly')
  await rig.ok(c.remove(c1, true))
  rig.reserveInPlace = true
  await rig.time.advance(1_100)
  await rig.ok(c.create(c2))
})

test('J5 three failed reopenings: outcomes are unknown, then the daemon ends with 75', async () => {
  const rig = await running()
  rig.faults = [lost]
  rig.refusals = ['gone', 'gone', 'gone']
  const answers: SubmitResult[] = []
  void rig.submit(c.create(c2), 'r1').then((a) => answers.push(a))
  await settled()
  is(left(await rig.submit(c.create(c.containerNumber(3)), 'r2'))._tag, 'JournalReadOnly')
  is(left(await rig.submit(c.stop(c1), 'r3'))._tag, 'JournalReadOnly')
  await rig.time.advance(450)
  equal(answers, [E.left({ _tag: 'OutcomeUnknown', requestId: 'r1' })])
  equal(rig.fatal, [], 'the answer is on its way before the end')
  await rig.time.advance(1_000)
  equal(rig.fatal, [journalLostExitCode])
  is(rig.reopenings, 3)
  is(rig.engine.world.container(c1)?.phase._tag, 'Running', 'queries go on')
})

test('J5 two failed reopenings and a good one lose nothing', async () => {
  const rig = await running()
  rig.faults = [lost]
  rig.refusals = ['busy', 'busy']
  rig.host.exit({ id: c1, attempt: 1 }, 9)
  await rig.time.advance(3_000)
  equal(rig.fatal, [])
  is(rig.engine.world.container(c1)?.phase._tag, 'Exited')
  is(rig.engine.readOnly, undefined)
})

test('J5 a journal on which every append fails is given up, not reopened for ever', async () => {
  const rig = await running()
  rig.faults = Array.from({ length: 50 }, () => lost)
  rig.host.exit({ id: c1, attempt: 1 }, 9)
  await rig.time.advance(60_000)
  equal(rig.fatal, [journalLostExitCode])
  is(rig.reopenings, 3)
})

test('J5 an append that fails now and then over a long time is lived with', async () => {
  const rig = await running()
  for (let n = 0; n < 20; n += 1) {
    rig.faults = [n % 2 === 0 ? lost : kept]
    await rig.submit(c.rename(c1, `name-${n}`))
    await rig.time.advance(2_000)
    await rig.ok(c.rename(c1, `later-${n}`))
  }
  equal(rig.fatal, [])
  is(rig.reopenings, 20)
})

test('J5 I12 a request repeated during the reopening is refused, later answered', async () => {
  const rig = await running()
  rig.faults = [lost]
  rig.refusals = ['busy']
  void rig.submit(c.create(c2), 'r1')
  await settled()
  is(left(await rig.submit(c.stop(c1), 'r2'))._tag, 'JournalReadOnly')
  await rig.time.advance(2_000)
  await rig.ok(c.create(c2), 'r1')
  ok(E.isRight(await rig.submit(c.stop(c1), 'r2')))
})

test('a tail that a reopening cuts is recorded', async () => {
  const rig = await running()
  rig.faults = [lost]
  rig.tears = [{ file: 'journal/000005.log', offset: 77, bytes: 5 }]
  await rig.submit(c.create(c2))
  await rig.time.advance(100)
  const cuts = rig.events().filter((e) => e._tag === 'JournalTailCut')
  equal(cuts, [{ _tag: 'JournalTailCut', v: 1, file: 'journal/000005.log', offset: 77, bytes: 5 }])
  rig.faults = [lost]
  await rig.submit(c.create(c2))
  await rig.time.advance(2_000)
  is(count(rig, 'JournalTailCut'), 1, 'once')
})

test('cuts of the opening are recorded by the start, and not again by a reopening', async () => {
  const rig = new EngineRig()
  const cut = { file: 'journal/000003.log', offset: 9, bytes: 1 }
  rig.cuts = [cut]
  await rig.open([{ _tag: 'RecordJournalTailCut', ...cut }])
  equal(rig.kinds(), ['JournalTailCut', 'EngineStarted'])
  rig.faults = [lost]
  await rig.submit(c.load(c.sampleImage(1)))
  await rig.time.advance(2_000)
  is(count(rig, 'JournalTailCut'), 1)
})

test('refuseAll refuses every command for good and lets queries go on', async () => {
  const rig = await running()
  rig.engine.refuseAll('the journal is damaged')
  const refusal = { _tag: 'JournalReadOnly', cause: 'the journal is damaged' }
  for (const command of [c.create(c2), c.stop(c1), c.remove(c1, true), c.removeImage(1)])
    equal(left(await rig.submit(command, 'r')), refusal)
  rig.host.exit({ id: c1, attempt: 1 }, 1)
  const added = await rig.added(() => rig.time.advance(60_000))
  equal(added, [])
  is(rig.engine.world.container(c1)?.phase._tag, 'Running')
})

test.run()
