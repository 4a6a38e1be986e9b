/** The README's code map names every folder that there is, and none that there is not. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { equal, ok } from 'uvu/assert'
import { suite } from '../testing/suite.ts'

const test = suite('code map')
const readme = readFileSync('README.md', 'utf8')

const sources = (): ReadonlyArray<string> =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.mjs'], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file.includes('/'))

/** Folders as the map names them: two levels, the first alone where it has files of its own. */
const folders = (): ReadonlySet<string> =>
  new Set(
    sources().flatMap((file) => {
      const [top = '', second = '', third] = file.split('/')
      return third === undefined ? [`${top}/`] : [`${top}/`, `${top}/${second}/`]
    }),
  )

const rows = readme.split('\n').filter((line) => /^\| `/.test(line))
const mapped = rows.flatMap((row) => {
  const cell = row.split('|')[1] ?? ''
  return [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? '')
})

test('every folder stands in it', () => {
  const missing = [...folders()].filter(
    (folder) => !mapped.includes(folder) && !mapped.some((m) => m.startsWith(folder)),
  )
  equal(missing, [])
})

test('every folder in it is there, with a sentence', () => {
  const present = folders()
  equal(
    mapped.filter((folder) => !present.has(folder)),
    [],
  )
  for (const row of rows) ok(/\.$/.test((row.split('|')[2] ?? '').trim()), row)
})

test('the architecture invariants are listed', () => {
  const invariants = readme.split('## Architecture Invariants')[1]?.split('\n## ')[0] ?? ''
  ok(invariants.split('\n- **').length > 8)
})

test.run()
