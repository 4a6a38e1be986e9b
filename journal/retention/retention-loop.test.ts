/** When retention runs: after a start, now and then, at rest if there is any, not when stopped. */
import { equal, is } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { ManualTime } from '../engine/testing/manual-time.ts'
import { RetentionLoop, type RetentionLoopParts } from './retention-loop.ts'

const test = suite('retention loop')
const minuteMs = 60_000

const loopWith = (change: Partial<RetentionLoopParts> = {}) => {
  const time = new ManualTime()
  const said: string[] = []
  const counted = { passes: 0 }
  const loop = new RetentionLoop({
    run: () => {
      counted.passes += 1
      return Promise.resolve({ archived: [{ from: 1, to: 9 }], deleted: [] })
    },
    isIdle: () => true,
    ...time,
    log: { info: (line) => said.push(line), warn: (line) => said.push(`warning: ${line}`) },
    ...change,
  })
  return { loop, time, said, counted }
}

test('it runs a minute after the start and every ten minutes then', async () => {
  const { loop, time, said, counted } = loopWith()
  loop.start()
  await time.advance(minuteMs - 1)
  is(counted.passes, 0)
  await time.advance(1)
  is(counted.passes, 1)
  await time.advance(10 * minuteMs)
  is(counted.passes, 2)
  equal(said[0], 'journal: records 1 to 9 archived')
})

test('it waits while effects run, but not for ever', async () => {
  let busy = true
  const { loop, time, counted } = loopWith({ isIdle: () => !busy })
  loop.start()
  await time.advance(2 * minuteMs)
  is(counted.passes, 0)
  busy = false
  await time.advance(5_000)
  is(counted.passes, 1)
  busy = true
  await time.advance(16 * minuteMs)
  is(counted.passes, 2)
})

test('a pass that fails is told and tried again', async () => {
  let passes = 0
  const { loop, time, said } = loopWith({
    run: () => {
      passes += 1
      return Promise.reject(new Error('ENOSPC'))
    },
  })
  loop.start()
  await time.advance(11 * minuteMs)
  is(passes, 2)
  equal(said, ['warning: journal retention: ENOSPC', 'warning: journal retention: ENOSPC'])
})

test('the stop ends a pass under way at its next step, and no other begins', async () => {
  let end = (): void => undefined
  let begun = 0
  let asked: boolean | undefined
  const { loop, time } = loopWith({
    run: async (isStopped) => {
      begun += 1
      await new Promise<void>((resolve) => (end = resolve))
      asked = isStopped()
      return { archived: [], deleted: [] }
    },
  })
  loop.start()
  await time.advance(minuteMs)
  const stopped = loop.stop()
  end()
  await stopped
  is(asked, true)
  await time.advance(60 * minuteMs)
  is(begun, 1)
})

test.run()
