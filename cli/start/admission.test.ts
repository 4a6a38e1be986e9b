/** Where the tour cannot run it says so in one line. */
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { admission } from './admission.mjs'

const test = suite('admission to the tour')

test('root on Linux is admitted', () => {
  assert.is(admission('linux', 0), undefined)
})

test('anybody else is told why in one line', () => {
  const refusals = [
    admission('linux', 1000),
    admission('darwin', 501),
    admission('win32', undefined),
  ]
  for (const text of refusals) assert.match(text ?? '', /^isulad runs [^\n]+\.$/)
})

test.run()
