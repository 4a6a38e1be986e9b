/** An exec's session ends with its command, and not before a slow client has its output. */
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { drain } from './drain.ts'
import type { StdioSession } from './session.ts'

const test = suite('drain')

/** What is unread at each look; the session's own end comes after `endsMs`. */
const sessionOf = (unread: ReadonlyArray<number>, endsMs?: number) => {
  const looks = [...unread]
  const told = { closed: false, looks: 0 }
  const session: StdioSession = {
    sink: { attached: () => undefined, failed: () => undefined },
    isAttached: () => true,
    unreadBytes: () => {
      told.looks += 1
      return looks.shift() ?? 0
    },
    finished: new Promise((resolve) => {
      if (endsMs !== undefined) setTimeout(resolve, endsMs)
    }),
    close: () => void (told.closed = true),
  }
  return { session, told }
}

test('a stream that ends by itself is not waited for any longer', async () => {
  const { session, told } = sessionOf([], 20)
  const before = performance.now()
  await drain(session)
  assert.ok(performance.now() - before < 500)
  assert.equal(told, { closed: true, looks: 0 })
})

test('CLI-EXEC-08: a silent background job does not hold the session', async () => {
  const { session, told } = sessionOf([0])
  const before = performance.now()
  await drain(session)
  assert.ok(performance.now() - before < 2_000)
  assert.equal(told, { closed: true, looks: 1 })
})

test('a slow client is waited for until it has taken all', async () => {
  const { session, told } = sessionOf([3_000, 3_000, 0])
  await drain(session)
  assert.equal(told, { closed: true, looks: 3 })
})

test.run()
