/** Journals of every release are read by this one, to the state that they had then. */
import assert from 'node:assert/strict'
import { domainEvents } from '../../domain/event.ts'
import { suite } from '../testing/suite.ts'
import { foldLines, goldenJournals } from './golden-journal.ts'

const test = suite('golden journals')
const journals = goldenJournals()

for (const { release, name, lines, state } of journals)
  test(`J7 R-63 K10 ${name} of release ${release} folds to its state`, async () => {
    const { unreadable, ...found } = await foldLines(lines)
    assert.deepEqual(unreadable, [])
    assert.deepEqual(found, state)
  })

test('J7 every kind of event is in a golden journal', () => {
  const kinds = new Set(journals.flatMap(({ state }) => state?.kinds ?? []))
  const missing = domainEvents.map((codec) => codec.name).filter((name) => !kinds.has(name))
  assert.deepEqual(missing, [], 'npm run golden, for a new version of the package')
})

test('J7 a golden journal that was changed is not accepted', async () => {
  const { lines } = journals[0] ?? assert.fail('there are none')
  const changed = lines.with(1, (lines[1] ?? '').replace('"v":1', '"v":2'))
  await assert.rejects(foldLines(changed), /line 2/)
})

test.run()
