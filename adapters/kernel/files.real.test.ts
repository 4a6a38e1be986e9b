/** Extended attributes, nodes, times and locks on a real file system. */
import {
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { lockFile } from './flock.ts'
import { deviceNumber, makeFifo, makeNode, setTimes, syncFileSystem } from './nodes.ts'
import { getXattr, listXattrs, setXattr } from './xattr.ts'

const test = suite('files')
const folder = mkdtempSync(join(tmpdir(), 'files-'))
test.after(() => rmSync(folder, { recursive: true }))
const file = (name: string): string => {
  writeFileSync(join(folder, name), '')
  return join(folder, name)
}

test.needs(['root'], 'an attribute keeps every byte of its value', () => {
  const path = file('x')
  const value = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  assert.equal(setXattr(path, { name: 'trusted.all', value }).ok, true)
  assert.equal(setXattr(path, { name: 'trusted.none', value: Buffer.alloc(0) }).ok, true)
  assert.equal(getXattr(path, 'trusted.all'), { ok: true, value })
  assert.equal(getXattr(path, 'trusted.none'), { ok: true, value: Buffer.alloc(0) })
  const names = listXattrs(path)
  assert.equal(names.ok ? names.value.map(String).sort() : names.errno, [
    'trusted.all',
    'trusted.none',
  ])
  assert.equal(getXattr(path, 'trusted.other'), { ok: false, errno: 'ENODATA' })
})

test.needs(['root'], 'attributes go to a symbolic link itself', () => {
  symlinkSync(file('target'), join(folder, 'link'))
  const link = join(folder, 'link')
  assert.equal(setXattr(link, { name: 'trusted.a', value: Buffer.from('1') }).ok, true)
  assert.equal(getXattr(join(folder, 'target'), 'trusted.a'), { ok: false, errno: 'ENODATA' })
  assert.equal(setXattr(link, { name: 'user.a', value: Buffer.from('1') }), {
    ok: false,
    errno: 'EPERM',
  })
})

test.needs(['root'], 'nodes of each type are made, whiteouts too', () => {
  const request = { mode: 0o600, major: 0, minor: 0 }
  const path = (name: string): string => join(folder, name)
  assert.equal(makeNode(path('whiteout'), { ...request, type: 'character' }).ok, true)
  assert.is(lstatSync(path('whiteout')).rdev, 0)
  assert.is(lstatSync(path('whiteout')).isCharacterDevice(), true)
  const wide = { mode: 0o600, major: 259, minor: 70_000, type: 'block' } as const
  assert.equal(makeNode(path('disk'), wide).ok, true)
  assert.is(lstatSync(path('disk'), { bigint: true }).rdev, deviceNumber(259, 70_000))
  assert.equal(makeFifo(path('fifo'), 0o640).ok, true)
  assert.is(lstatSync(path('fifo')).isFIFO(), true)
  assert.equal(makeFifo(path('fifo'), 0o640), { ok: false, errno: 'EEXIST' })
})

test('times are exact to the nanosecond, before 1970 too, links included', () => {
  symlinkSync('nowhere', join(folder, 'dangling'))
  for (const modifyNs of [1_700_000_000_123_456_789n, -1_500_000_001n, 0n]) {
    assert.equal(setTimes(join(folder, 'dangling'), { accessNs: 7n, modifyNs }).ok, true)
    const { mtimeNs, atimeNs } = lstatSync(join(folder, 'dangling'), { bigint: true })
    assert.equal([mtimeNs, atimeNs], [modifyNs, 7n])
  }
})

test('syncfs takes a directory and refuses a closed descriptor', () => {
  const fd = openSync(folder, 'r')
  assert.equal(syncFileSystem(fd).ok, true)
  closeSync(fd)
  assert.equal(syncFileSystem(1_000_000), { ok: false, errno: 'EBADF' })
})

test('a second owner is told who holds the lock, and gets it after the release', () => {
  const path = join(folder, 'lock')
  const first = lockFile(path, 'first of a long name')
  assert.is(first._tag, 'Locked')
  assert.equal(lockFile(path, 'second'), { _tag: 'Held', holder: 'first of a long name' })
  if (first._tag === 'Locked') {
    first.release()
    first.release()
  }
  const second = lockFile(path, 'second')
  assert.is(second._tag, 'Locked')
  assert.is(readFileSync(path, 'utf8'), 'second')
  if (second._tag === 'Locked') second.release()
})

test.run()
