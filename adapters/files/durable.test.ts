/** Files are replaced whole, directories made with their exact modes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { makeDurableDirectory, replaceFile } from './durable.ts'

const test = suite('durable files')

let scratch = ''
let umask = 0
test.beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'durable-'))
  umask = process.umask(0o077)
})
test.afterEach(() => {
  process.umask(umask)
  rmSync(scratch, { recursive: true, force: true })
})

const mode = (path: string): number => statSync(path).mode & 0o777

test('a file has its content and mode under any umask, and no other name stays', async () => {
  const path = join(scratch, 'file')
  await replaceFile({ path, content: 'first', mode: 0o600, durable: true })
  await replaceFile({ path, content: 'second', mode: 0o644, durable: false })
  assert.is(readFileSync(path, 'utf8'), 'second')
  assert.is(mode(path), 0o644)
  assert.equal(readdirSync(scratch), ['file'])
})

test('a file that cannot be put in place leaves the old one', async () => {
  const path = join(scratch, 'taken')
  mkdirSync(join(path, 'inside'), { recursive: true })
  const failed = await replaceFile({ path, content: 'x', mode: 0o600, durable: true }).catch(
    (error: unknown) => String(error),
  )
  assert.match(String(failed), /EISDIR|ENOTEMPTY|EEXIST/)
  assert.equal([readdirSync(scratch), readdirSync(path)], [['taken'], ['inside']])
})

test('a directory is made with its mode, its missing parents are private', async () => {
  const path = join(scratch, 'a/b/c')
  await makeDurableDirectory(path, 0o755)
  assert.equal([join(scratch, 'a'), join(scratch, 'a/b'), path].map(mode), [0o700, 0o700, 0o755])
})

test('a directory that is there stays as it is', async () => {
  const path = join(scratch, 'there')
  mkdirSync(path, { mode: 0o750 })
  const before = mode(path)
  await makeDurableDirectory(path, 0o711)
  assert.is(mode(path), before)
})

test.run()
