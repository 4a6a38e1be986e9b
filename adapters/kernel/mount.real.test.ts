/** Mounting for real, and reading the mount table back. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { mount, mountFlags, unmount } from './mount.ts'
import { isMountPoint, mountsAtOrBelow, parseMountinfo } from './mountinfo.ts'

const test = suite('mount')
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mount-')))
test.after(() => {
  for (const { mountPoint } of mountsAtOrBelow(folder)) unmount(mountPoint, { detach: true })
  rmSync(folder, { recursive: true })
})

const tmpfs = (target: string, options = 'size=64k') =>
  mount({ source: 'tmpfs', target, type: 'tmpfs', flags: mountFlags.noSuid, options })

test.needs(['root'], 'a mounted file system is in the table until it is unmounted', () => {
  const target = join(folder, 'plain')
  mkdirSync(target)
  assert.equal(tmpfs(target).ok, true)
  const [entry] = mountsAtOrBelow(target)
  assert.is(entry?.type, 'tmpfs')
  assert.is(entry?.source, 'tmpfs')
  assert.match(entry?.superOptions ?? '', 'size=64k')
  assert.equal(unmount(target).ok, true)
  assert.is(isMountPoint(target), false)
})

test.needs(['root'], 'blanks, tabs, backslashes and UTF-8 in a mount point come back whole', () => {
  const target = join(folder, 'a b\tc\\d\nü')
  mkdirSync(target)
  assert.equal(tmpfs(target).ok, true)
  assert.is(isMountPoint(target), true)
  assert.equal(unmount(target).ok, true)
})

test.needs(['root'], 'kernel refusals are answered by name', () => {
  const target = join(folder, 'refused')
  mkdirSync(target)
  assert.equal(unmount(target), { ok: false, errno: 'EINVAL' })
  assert.equal(unmount(join(folder, 'absent')), { ok: false, errno: 'ENOENT' })
  assert.equal(tmpfs(join(folder, 'absent')), { ok: false, errno: 'ENOENT' })
  assert.equal(tmpfs(target, 'x'.repeat(4096)), { ok: false, errno: 'E2BIG' })
  assert.equal(tmpfs('a\0b'), { ok: false, errno: 'EINVAL' })
})

test.needs(['root'], 'a busy mount answers EBUSY and can be detached', () => {
  const target = join(folder, 'busy')
  mkdirSync(target)
  assert.equal(tmpfs(target).ok, true)
  mkdirSync(join(target, 'inner'))
  assert.equal(tmpfs(join(target, 'inner')).ok, true)
  assert.equal(unmount(target), { ok: false, errno: 'EBUSY' })
  const before = statSync(target).dev
  assert.equal(unmount(target, { detach: true }).ok, true)
  assert.is.not(statSync(target).dev, before)
  assert.is(mountsAtOrBelow(target).length, 0)
})

test('propagation is read from the optional fields, however many there are', () => {
  const line = (tags: string): string => `36 35 98:0 / /a rw ${tags}- ext4 /dev/x rw\n`
  const entries = parseMountinfo(Buffer.from(line('shared:5 master:2 ') + line('') + line('x ')))
  assert.equal(
    entries.map(({ shared, slave }) => [shared, slave]),
    [
      [true, true],
      [false, false],
      [false, false],
    ],
  )
})

test('a path that only begins alike is not below', () => {
  const line = (at: string): string => `36 35 98:0 / ${at} rw - ext4 /dev/x rw\n`
  const entries = parseMountinfo(Buffer.from(line('/a/b') + line('/a/bc') + 'torn'))
  assert.equal(
    entries.map((e) => e.mountPoint),
    ['/a/b', '/a/bc'],
  )
})

test.run()
