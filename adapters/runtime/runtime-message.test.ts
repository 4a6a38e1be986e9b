/** Texts of crun and runc as users get to see them. */
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { runtimeMessage } from './runtime-message.ts'

const test = suite('runtime message')

test("crun's words stay, its time stamp goes", () => {
  const words = 'executable file `nosuch` not found in $PATH: No such file or directory'
  assert.is(runtimeMessage(`${words}\n`), words)
  assert.is(runtimeMessage(`2026-11-21T02:43:16.000000Z: ${words}\n`), words)
})

test("runc's message is taken out of its log line, warnings are left out", () => {
  const text = [
    'time="2026-11-21T02:43:16Z" level=warning msg="Kernel memory settings are ignored"',
    'time="2026-11-21T02:43:16Z" level=error msg="runc create failed: exec: \\"nosuch\\": x"',
  ].join('\n')
  assert.is(runtimeMessage(text), 'runc create failed: exec: "nosuch": x')
})

test('other text is joined, and silence is the empty string', () => {
  assert.is(runtimeMessage('one\ntwo\n'), 'one; two')
  assert.is(runtimeMessage(''), '')
})

test.run()
