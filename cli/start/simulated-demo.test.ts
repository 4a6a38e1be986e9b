/** The tour on the simulated host tells the whole story and ends well, as anybody. */
// deadline: 60 s
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'

const test = suite('the simulated tour of npm start')
const script = join(import.meta.dirname, 'start.mjs')

test('a container outlives a kill -9, the audit is clean, five seeds hold', () => {
  const env = { ...process.env, NODE_OPTIONS: '' }
  const ran = spawnSync(process.execPath, [script, '--simulated'], { env, encoding: 'utf8' })
  assert.is(ran.status, 0, `${ran.stdout}\n${ran.stderr}`)
  const [, before] = /runs as process (\d+)/.exec(ran.stdout) ?? []
  const [, after] = /is still process (\d+): nothing was lost/.exec(ran.stdout) ?? []
  assert.ok(before !== undefined)
  assert.is(after, before)
  assert.match(ran.stdout, 'isulad was killed with SIGKILL')
  assert.match(ran.stdout, 'The audit is clean.')
  assert.match(ran.stdout, /5 seeds, .*\n.*\n(never fired: .*\n)?every invariant held/)
  assert.match(ran.stdout, 'isula-sim shrink')
})

test.run()
