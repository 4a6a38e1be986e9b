/** Reading a file of an image never leaves the image, never waits and never swallows a giant. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { errnoOf } from '../errors/errno.ts'
import { readInside } from './rooted-file.ts'

const test = suite('rooted file')

let scratch = ''
let rootfs = ''
test.beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rooted-'))
  rootfs = join(scratch, 'rootfs')
  mkdirSync(join(rootfs, 'etc'), { recursive: true })
})
test.afterEach(() => rmSync(scratch, { recursive: true, force: true }))

const refusal = (path: string): Promise<string | undefined> =>
  readInside(rootfs, path).then(
    (text) => `read ${text}`,
    (error: unknown) => errnoOf(error),
  )

test('a missing file is empty', async () => {
  assert.is(await readInside(rootfs, 'etc/passwd'), '')
  assert.is(await readInside(rootfs, 'nowhere/passwd'), '')
})

test('CLI-USER-01: links in the image never lead out of it', async () => {
  const secret = join(scratch, 'secret')
  writeFileSync(secret, 'host secret')
  symlinkSync(secret, join(rootfs, 'etc/passwd'))
  assert.is(await readInside(rootfs, 'etc/passwd'), '')
  symlinkSync('../../../../../../..' + secret, join(rootfs, 'etc/group'))
  assert.is(await readInside(rootfs, 'etc/group'), '')
  symlinkSync('/', join(rootfs, 'up'))
  writeFileSync(join(rootfs, 'real'), 'inside')
  symlinkSync('/up/up/../real', join(rootfs, 'etc/shadow'))
  assert.is(await readInside(rootfs, 'etc/shadow'), 'inside')
})

test('a linked directory outside, a loop, a FIFO and a giant are refused or empty', async () => {
  writeFileSync(join(scratch, 'passwd'), 'host')
  symlinkSync(scratch, join(rootfs, 'outside'))
  assert.is(await readInside(rootfs, 'outside/passwd'), '')
  symlinkSync('loop', join(rootfs, 'loop'))
  assert.is(await refusal('loop'), 'ELOOP')
  execFileSync('mkfifo', [join(rootfs, 'fifo')])
  assert.is(await refusal('fifo'), 'EINVAL')
  writeFileSync(join(rootfs, 'giant'), Buffer.alloc(5 * 1024 * 1024))
  assert.is(await refusal('giant'), 'EINVAL')
})

test.run()
