/** KNOWN.md and the table of known differences say the same. */
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { suite } from '../testing/suite.ts'
import { knownDifferences } from './known.ts'
import { sequenceOf } from './sequence.ts'
import { wordsOf } from './words.ts'

const test = suite('differential')

test('each known difference has its paragraph with the requirement, and no other has', () => {
  const text = readFileSync(new URL('KNOWN.md', import.meta.url), 'utf8')
  const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
  assert.equal(headings.sort(), knownDifferences.map(({ name }) => name).sort())
  for (const { name } of knownDifferences) assert.match(name, /^([A-Z]+-[A-Z]+-\d+|spec \d+ .+): ./)
})

test('a seed always gives the same sequence, and every step is a command line', () => {
  const dialect = { image: 'busybox', status: (s: string) => s }
  for (let seed = 1; seed <= 100; seed += 1) {
    const steps = sequenceOf(seed)
    assert.equal(steps, sequenceOf(seed))
    for (const step of steps)
      assert.ok(wordsOf(step, 's', dialect).every((word) => typeof word === 'string'))
  }
})

test.run()
