/** Each call gets one answer, whatever becomes of the thread. */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { indeterminate, notApplied } from '../../domain/ports/answer.ts'
import { suite } from '../../properties/testing/suite.ts'
import { createCallThread, type CallThread } from './call-thread.ts'
import { poolBase } from './fixtures/pool-base.ts'

const test = suite('call thread')

const threadWith = (deadlineMs = 30_000): { thread: CallThread; told: unknown[] } => {
  const told: unknown[] = []
  const onTold = (news: unknown): void => void told.push(news)
  const options = { name: 'calls', base: poolBase, workerData: {}, deadlineMs, onTold }
  return { thread: createCallThread(options), told }
}

test('calls run at once and are answered under their own numbers', async () => {
  const { thread } = threadWith()
  const order: unknown[] = []
  const calls = [60, 5].map(async (ms) => order.push(await thread.call('wait', ms)()))
  assert.equal(await thread.call('echo', { a: [1] })(), E.right({ a: [1] }))
  await Promise.all(calls)
  assert.equal(order, [E.right(5), E.right(60)])
  thread.close()
})

test('a refusal comes back as it was given; an unknown method is refused', async () => {
  const { thread } = threadWith()
  assert.equal(await thread.call('refuse', null)(), E.left(notApplied('EBUSY', 'as asked')))
  const unknown = await thread.call('fly', null)()
  assert.equal(unknown, E.left(notApplied('EINVAL', 'the thread has no method fly')))
  thread.close()
})

test('news that belong to no call are told', async () => {
  const { thread, told } = threadWith()
  await thread.call('tell', { id: 'c1' })()
  assert.equal(told, [{ id: 'c1' }])
  thread.close()
})

test('a blocked thread is given up, its calls are unknown, the next has another', async () => {
  const { thread } = threadWith(1_500)
  assert.equal(await thread.call('echo', 1)(), E.right(1))
  const [blocked, behind] = await Promise.all([
    thread.call('block', 10_000)(),
    thread.call('echo', 2)(),
  ])
  const lost = E.left(indeterminate('no answer after 1500 ms'))
  assert.equal([blocked, behind], [lost, lost])
  assert.equal(await thread.call('echo', 3)(), E.right(3))
  assert.is(thread.lost(), 1)
  thread.close()
})

test('a thread that ends leaves its calls unknown, and is replaced', async () => {
  const { thread } = threadWith()
  assert.ok(E.isLeft(await thread.call('end', null)()))
  assert.equal(await thread.call('echo', 4)(), E.right(4))
  thread.close()
})

test('after closing, open calls and later ones are unknown', async () => {
  const { thread } = threadWith()
  const open = thread.call('wait', 5_000)()
  thread.close()
  assert.equal(await open, E.left(indeterminate('closing')))
  assert.ok(E.isLeft(await thread.call('echo', 5)()))
})

test.run()
