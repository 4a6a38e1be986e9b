/** Only FIFOs of the caller are opened: no links, no files, nobody else's. */
import { execFileSync } from 'node:child_process'
import * as E from 'fp-ts/lib/Either.js'
import {
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { closeFifos, openFifos, pathIf, type FifoPaths } from './fifo.ts'

const test = suite('client FIFOs')
const uid = process.getuid?.() ?? 0
let below = ''
let folder = ''

test.beforeEach(() => {
  below = mkdtempSync(join(tmpdir(), 'fifo-'))
  folder = join(below, 'session')
  mkdirSync(folder)
})
test.afterEach(() => rmSync(below, { recursive: true, force: true }))

const fifo = (name: string): string => {
  const path = join(folder, name)
  execFileSync('mkfifo', ['-m', '600', path])
  return path
}

const only = (name: keyof FifoPaths, path: string): FifoPaths => ({
  stdin: undefined,
  stdout: undefined,
  stderr: undefined,
  [name]: path,
})

const refusal = (paths: FifoPaths, as = uid): string => {
  const opened = openFifos(paths, { uid: as, below })
  if (E.isLeft(opened)) return opened.left
  closeFifos(opened.right)
  return 'opened'
}

test('all three are opened where the client holds its ends', () => {
  const [stdin, stdout, stderr] = [fifo('in'), fifo('out'), fifo('err')]
  const readers = [stdout, stderr].map((p) =>
    openSync(p, constants.O_RDONLY | constants.O_NONBLOCK),
  )
  assert.is(refusal({ stdin, stdout, stderr }), 'opened')
  readers.forEach((fd) => closeSync(fd))
})

test('an output that the client does not hold open is refused, not waited for', () => {
  assert.match(refusal(only('stdout', fifo('out'))), 'ENXIO')
})

test('a symbolic link is refused, even one to a good FIFO', () => {
  const link = join(folder, 'link')
  symlinkSync(fifo('in'), link)
  assert.match(refusal(only('stdin', link)), 'is not a FIFO')
})

test('a regular file is refused and not touched', () => {
  const path = join(folder, 'file')
  writeFileSync(path, 'precious')
  assert.match(refusal(only('stdout', path)), 'is not a FIFO')
  assert.is(readFileSync(path, 'utf8'), 'precious')
})

test.needs(['root'], 'a device is refused and not opened', () => {
  const path = join(folder, 'null')
  execFileSync('mknod', [path, 'c', '1', '3'])
  assert.match(refusal(only('stdout', path)), 'is not a FIFO')
})

test('a FIFO outside the folders of client sessions is refused, also by way of a link', () => {
  const outside = mkdtempSync(join(tmpdir(), 'fifo-outside-'))
  try {
    const path = join(outside, 'in')
    execFileSync('mkfifo', ['-m', '600', path])
    assert.match(refusal(only('stdin', path)), `is not below ${below}`)
    assert.match(refusal(only('stdin', `${folder}/../../${basename(outside)}/in`)), 'is not below')
    symlinkSync(outside, join(below, 'link'))
    assert.match(refusal(only('stdin', join(below, 'link', 'in'))), 'is not below')
  } finally {
    rmSync(outside, { recursive: true })
  }
})

test('a relative path and a missing one are refused', () => {
  assert.match(refusal(only('stdin', 'in')), 'is not an absolute path')
  assert.match(refusal(only('stdin', join(folder, 'none'))), 'ENOENT')
})

test.needs(['root'], 'a FIFO of another user is refused, one of root is not', () => {
  const other = fifo('other')
  chownSync(other, 4_321, 0)
  assert.match(refusal(only('stdin', other), 1_234), 'belongs to another user')
  assert.is(refusal(only('stdin', other), 4_321), 'opened')
  assert.is(refusal(only('stdin', fifo('root')), 1_234), 'opened')
})

test('a path counts only where the client attaches it', () => {
  assert.is(pathIf(true, '/a'), '/a')
  assert.is(pathIf(false, '/a'), undefined)
  assert.is(pathIf(true, ''), undefined)
})

test.run()
