/** The pool answers every task once, whatever its threads do. */
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { poolBase } from './fixtures/pool-base.ts'
import { createWorkerPool, type PoolAnswer } from './worker-pool.ts'

const test = suite('worker pool')
const longMs = 30_000

const shown = (answer: PoolAnswer): string =>
  answer._tag === 'Replied' ? `replied ${String(answer.reply)}` : answer.reason

test('tasks beyond the number of threads wait their turn', async () => {
  const pool = createWorkerPool({ name: 'pool', base: poolBase, size: 2 })
  const tasks = ['a', 30, 'b', 20, 'c']
  const answers = await Promise.all(tasks.map((task) => pool.run(task, longMs)))
  assert.equal(
    answers.map(shown),
    tasks.map((task) => `replied ${task}`),
  )
  assert.is(pool.lost(), 0)
  pool.close()
})

test('a task past its deadline loses its thread; the next task gets a new one', async () => {
  const pool = createWorkerPool({ name: 'pool', base: poolBase, size: 1 })
  assert.is(shown(await pool.run('warm', longMs)), 'replied warm')
  const [late, next] = await Promise.all([pool.run(5000, 50), pool.run('next', longMs)])
  assert.is(shown(late), 'no answer after 50 ms')
  assert.is(shown(next), 'replied next')
  assert.is(pool.lost(), 1)
  pool.close()
})

test('a thread that throws or ends gives an answer, and is replaced', async () => {
  const pool = createWorkerPool({ name: 'pool', base: poolBase, size: 1 })
  assert.match(shown(await pool.run('throw', longMs)), 'as asked')
  assert.match(shown(await pool.run('exit', longMs)), 'ended')
  assert.is(shown(await pool.run('well', longMs)), 'replied well')
  pool.close()
})

test('closing answers what is open and what comes later', async () => {
  const pool = createWorkerPool({ name: 'pool', base: poolBase, size: 1 })
  const open = [pool.run(5000, longMs), pool.run('queued', longMs)]
  pool.close()
  const answers = [...(await Promise.all(open)), await pool.run('late', longMs)]
  assert.ok(answers.every((answer) => answer._tag === 'NoReply'))
})

test.run()
