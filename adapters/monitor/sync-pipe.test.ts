/** conmon's answers in all their forms. */
import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { readAnswer } from './sync-pipe.ts'

const test = suite('sync pipe')

const answerTo = (chunks: ReadonlyArray<string>, end = false) => {
  const pipe = new PassThrough()
  const answer = readAnswer(pipe, 50)
  for (const chunk of chunks) pipe.write(chunk)
  if (end) pipe.end()
  return answer
}

test('a pid, also in pieces', async () => {
  const answer = { _tag: 'Data', data: 4711, message: '' }
  assert.equal(await answerTo(['{"data": 4711}\n']), answer)
  assert.equal(await answerTo(['{"dat', 'a": 4711}\n{"data": 9}\n']), answer)
})

test('an error with its message', async () => {
  const line = '{"data": -1, "message": "executable \\"x\\" not found\\n"}\n'
  assert.equal(await answerTo([line]), {
    _tag: 'Data',
    data: -1,
    message: 'executable "x" not found\n',
  })
})

test('a message that is no JSON is still an error with its words', async () => {
  assert.equal(await answerTo(['{"data": -1, "message": "tab\there \\x"}\n']), {
    _tag: 'Data',
    data: -1,
    message: 'tab\there \\x',
  })
})

test('a closed pipe and a silent one are told apart', async () => {
  assert.equal(await answerTo([], true), { _tag: 'Closed' })
  assert.equal(await answerTo([]), { _tag: 'Late' })
})

test.run()
