/** What a killed client leaves is taken away, and nothing else. */
import { execFileSync } from 'node:child_process'
import { closeSync, constants, existsSync, mkdirSync, mkdtempSync, openSync } from 'node:fs'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { removeAbandoned } from './abandoned-fifos.ts'

const test = suite('abandoned FIFOs')
let base = ''

test.beforeEach(() => void (base = mkdtempSync(`${tmpdir()}/fifos-`)))
test.afterEach(() => rmSync(base, { recursive: true, force: true }))

const make = (container = 'a'.repeat(64)) => {
  const folder = `${base}/isula/${container}/start-1-1`
  mkdirSync(folder, { recursive: true })
  const [stdin, stdout, stderr] = [`${folder}/in`, `${folder}/out`, `${folder}/err`]
  execFileSync('mkfifo', [stdin, stdout, stderr])
  return { folder, paths: { stdin, stdout, stderr } }
}

test('without a reader the FIFOs and their empty folders go', () => {
  const { paths } = make()
  removeAbandoned(paths)
  assert.ok(existsSync(`${base}/isula`))
  assert.not(existsSync(`${base}/isula/${'a'.repeat(64)}`))
  removeAbandoned(paths)
})

test('as long as one output has a reader all stay', () => {
  const { paths } = make()
  const reader = openSync(paths.stderr, constants.O_RDONLY | constants.O_NONBLOCK)
  removeAbandoned(paths)
  closeSync(reader)
  for (const path of Object.values(paths)) assert.ok(existsSync(path))
})

test('other sessions, other files and other folders stay', () => {
  const { folder, paths } = make()
  writeFileSync(`${folder}/kept`, '')
  removeAbandoned(paths)
  assert.ok(existsSync(`${folder}/kept`))
  const elsewhere = make('not-an-id').paths
  removeAbandoned(elsewhere)
  for (const path of Object.values(elsewhere)) assert.ok(existsSync(path))
})

test.run()
