/** Ends of programs: exit, signal, deadline, absence. */
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { runProgram } from './run-program.ts'

const test = suite('run program')
const sh = (script: string, deadlineMs = 5_000) =>
  runProgram({ file: '/bin/sh', args: ['-c', script], deadlineMs })

test('code and output of a program that ends', async () => {
  assert.equal(await sh('echo out; echo err >&2; exit 3'), {
    _tag: 'Exited',
    code: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  })
})

test('a program that is killed, and one that is not there', async () => {
  assert.is((await sh('kill -9 $$'))._tag, 'Killed')
  const missing = await runProgram({ file: '/nosuch/program', args: [], deadlineMs: 1_000 })
  assert.is(missing._tag === 'NotStarted' && missing.errno, 'ENOENT')
})

test('a late program is ended with its children, nobody waits for its output', async () => {
  const before = performance.now()
  assert.equal(await sh('sleep 100 & sleep 100', 100), { _tag: 'Late', deadlineMs: 100 })
  assert.ok(performance.now() - before < 2_000)
})

test.run()
