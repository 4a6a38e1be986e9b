/** Every entry of the recovery catalogue stands in a test's name, or is pending with its reason. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../testing/suite.ts'
import { pending } from './pending.ts'

const test = suite('recovery catalogue')
const project = join(import.meta.dirname, '../..')
const entries = Array.from({ length: 64 }, (_, n) => `R-${String(n + 1).padStart(2, '0')}`)

/** Texts between quotes: names of tests, and a few strings that are none. */
const textsOf = (source: string): ReadonlyArray<string> =>
  [...source.matchAll(/'[^'\n]*'|`[^`\n]*`/g)].map(([text]) => text)

const testFilesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .filter((name) => !name.endsWith('complete.test.ts'))
    .map((name) => join(folder, name))

const named = (): ReadonlySet<string> => {
  const files = ['adapters', 'cli', 'domain', 'journal', 'properties', 'simulator'].flatMap((top) =>
    testFilesIn(join(project, top)),
  )
  const texts = files.flatMap((file) => textsOf(readFileSync(file, 'utf8')))
  const ids = texts.flatMap((text) => [...text.matchAll(/(?<![A-Z-])R-\d\d\b/g)].map(([id]) => id))
  return new Set(ids)
}

test('each of the 64 entries is tested or pending, none is both', () => {
  const tested = named()
  const neither = entries.filter((id) => !tested.has(id) && pending[id] === undefined)
  const both = entries.filter((id) => tested.has(id) && pending[id] !== undefined)
  assert.equal({ neither, both }, { neither: [], both: [] })
})

test('what is pending says which part is missing', () => {
  for (const [id, part] of Object.entries(pending)) {
    assert.ok(entries.includes(id), id)
    assert.ok(part.length > 1, id)
  }
  console.log(`${entries.length - Object.keys(pending).length} of 64 entries are tested`)
})

test.run()
