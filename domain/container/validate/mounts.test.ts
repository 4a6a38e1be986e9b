/** Volumes, mounts, tmpfs, names, labels and environment. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import { parseBind } from './bind.ts'
import { checkVariable, mergeEnv, parseLabel } from './environment.ts'
import { parseMountFlag } from './mount-flag.ts'
import { checkCgroupParent, checkContainerName, checkHostname, checkRuntime } from './names.ts'
import { cleanPath } from './paths.ts'
import type { Checked } from './refusal.ts'
import { parseTmpfs, tmpfsOptions } from './tmpfs.ts'

const test = suite('mounts and names')

const answer = <A>(checked: Checked<A>): A | string =>
  E.isLeft(checked) ? checked.left.message : checked.right

const message = (checked: Checked<unknown>): string =>
  E.isLeft(checked) ? checked.left.message : 'accepted'

const bind = (Source: string, Target: string, Readonly = false, Propagation = '') => ({
  Type: 'bind',
  Source,
  Target,
  Readonly,
  Propagation,
})

test('CLI-CR-47: host:container[:options]', () => {
  assert.deepEqual(answer(parseBind('/a:/b')), bind('/a', '/b'))
  assert.deepEqual(answer(parseBind('/a//x/:/b/../c:ro')), bind('/a/x', '/c', true))
  assert.deepEqual(answer(parseBind('/a:/b:rw,rslave')), bind('/a', '/b', false, 'rslave'))
})

test('CLI-CR-47: broken volumes are refused and quoted', () => {
  for (const wrong of ['', 'a', ':/b', '/a:', 'a b:/b', '/a:b', '/a:/', '/a:/b:ro:x', '/a:/b:'])
    assert.match(message(parseBind(wrong)), /^Invalid/, wrong)
  assert.match(message(parseBind('../x:/b')), /neither an absolute path nor a volume name/)
  assert.match(message(parseBind('/a:/b:nocopy')), /is not for host directories/)
  assert.match(message(parseBind('data:/b:rslave')), /is not for volumes/)
  assert.match(message(parseBind('/a:/b:ro,rw')), /conflicts/)
  assert.match(message(parseBind('/a:/b:shared,slave')), /conflicts/)
  assert.match(message(parseBind('/a:/b:exec')), /Invalid mode/)
})

test('a volume has a name, or a path alone', () => {
  const volume = { Type: 'volume', Target: '/b', Readonly: false, NoCopy: false }
  assert.deepEqual(answer(parseBind('data:/b')), { ...volume, Source: 'data' })
  assert.deepEqual(answer(parseBind('/b')), { ...volume, Source: '' })
  const options = answer(parseBind('data:/b:ro,nocopy'))
  assert.deepEqual(options, { ...volume, Source: 'data', Readonly: true, NoCopy: true })
})

test('SELinux relabelling of volumes is refused by name', () => {
  for (const word of ['z', 'Z'])
    assert.match(message(parseBind(`/a:/b:${word}`)), /is not supported yet: SELinux/)
})

test('CLI-MNT-02: the host /dev on /dev is refused in every spelling', () => {
  for (const text of ['/dev:/dev', '/dev/:/dev', '/dev/../dev:/x/../dev:ro'])
    assert.match(message(parseBind(text)), /Host \/dev cannot be mounted/)
  const flag = 'type=bind,src=/dev,dst=/dev'
  assert.match(message(parseMountFlag(flag)), /Host \/dev cannot be mounted/)
})

test('CLI-CR-36: --mount with its aliases', () => {
  for (const text of [
    'type=bind,src=/a,dst=/b,ro',
    'type=bind,source=/a,target=/b,readonly=true',
    'dst=/b,src=/a,type=bind,readonly=1',
  ])
    assert.deepEqual(answer(parseMountFlag(text)), bind('/a', '/b', true), text)
  const shared = 'type=bind,src=/a,dst=/b,bind-propagation=rshared'
  assert.deepEqual(answer(parseMountFlag(shared)), bind('/a', '/b', false, 'rshared'))
})

test('CLI-CR-36: other types, missing ends and unknown keys are refused', () => {
  const refused = (text: string): string => message(parseMountFlag(text))
  assert.match(refused('type=squashfs,src=/a,dst=/b'), /"squashfs" is not supported yet/)
  assert.match(refused('type=nfs,src=/a,dst=/b'), /Invalid mount type "nfs"/)
  assert.match(refused('src=/a,dst=/b'), /Invalid mount type ""/)
  assert.match(refused('type=bind,src=/a,dst=/b,tmpfs-size=1m'), /"tmpfs-size" is not for type/)
  assert.match(refused('type=bind,dst=/b'), /source is required/)
  assert.match(refused('type=bind,src=/a'), /destination is required/)
  assert.match(refused('type=bind,src=/a,dst=/b,x=1'), /unexpected key "x"/)
  assert.match(refused('type=bind,src=/a,src=/c,dst=/b'), /more than once/)
  assert.match(refused('type=bind,src=/a,dst=/b,ro=perhaps'), /true or false/)
  assert.match(refused('type=bind,src=/a,dst=/b,bind-propagation=x'), /Invalid propagation/)
})

test('no text makes the mount parsers fail in another way than by refusal', () => {
  const word = fc.constantFrom('/', ':', ',', '=', 'ro', 'type', 'bind', 'src', '..', '/dev', 'z')
  fc.assert(
    fc.property(
      fc.array(word).map((words) => words.join('')),
      (text) => {
        for (const parse of [parseBind, parseMountFlag]) {
          const parsed = parse(text)
          if (E.isRight(parsed)) assert.equal(cleanPath(parsed.right.Target), parsed.right.Target)
        }
      },
    ),
  )
})

test('tmpfs in the form of the flag and of the upstream client', () => {
  const run = { target: '/run', options: 'size=1m' }
  assert.deepEqual(answer(parseTmpfs('/run:size=1m')), run)
  assert.deepEqual(answer(parseTmpfs('/run', 'size=1m')), run)
  for (const wrong of ['', 'run', '/', '/run:size=x', '/run:mode=9', '/run:bind', '/run:uid=-1'])
    assert.match(message(parseTmpfs(wrong)), /Invalid tmpfs/, wrong)
})

test('the later tmpfs option wins over its opposite', () => {
  assert.deepEqual(answer(tmpfsOptions('exec,noexec,exec')), ['exec', 'nosuid', 'nodev'])
  assert.deepEqual(answer(tmpfsOptions('size=1m,size=2m')).slice(-1), ['size=2m'])
})

test('cleaned paths are absolute and have no dots, and cleaning is idempotent', () => {
  const part = fc.constantFrom('a', '..', '.', '', 'b c')
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const clean = cleanPath(`/${parts.join('/')}`)
      assert.ok(clean !== undefined && clean.startsWith('/'))
      assert.ok(!clean.split('/').some((one) => one === '..' || one === '.'))
      assert.equal(cleanPath(clean), clean)
    }),
  )
})

test('container names have 2 to 1024 characters of the known set', () => {
  for (const name of ['', 'ab', '/ab', 'a-b_c.d', `a${'b'.repeat(1023)}`])
    assert.equal(answer(checkContainerName(name)), name)
  for (const name of ['a', '-ab', 'a b', 'ä1', '//ab', 'a/b', `a${'b'.repeat(1024)}`])
    assert.match(message(checkContainerName(name)), /Invalid container name/)
})

test('host names, cgroup parents', () => {
  assert.equal(answer(checkHostname('box-1.example')), 'box-1.example')
  for (const name of ['-x', 'a b', 'x'.repeat(65), 'a\n'])
    assert.match(message(checkHostname(name)), /Invalid hostname/)
  assert.equal(answer(checkCgroupParent('/lxc/mycgroup')), '/lxc/mycgroup')
  assert.match(message(checkCgroupParent('/a/../b')), /must not contain/)
})

test('CLI-RT-01 CLI-SC-30: runtimes are compared without regard to case', () => {
  const known = ['lcr', 'runc', 'Kata']
  const choose = (wanted: string) => answer(checkRuntime({ wanted, fallback: 'runc', known }))
  assert.equal(choose('LCR'), 'lcr')
  assert.equal(choose('kata'), 'Kata')
  assert.equal(choose(''), 'runc')
  assert.equal(choose('nope'), 'Invalid runtime name (nope): want one of lcr, runc, Kata')
})

test('CLI-CR-12 CLI-CR-30: environment and labels are merged by key', () => {
  assert.deepEqual(mergeEnv(['A=1', 'B=2', 'C=3'], ['B=x=y', 'C']), ['A=1', 'B=x=y'])
  assert.match(message(checkVariable('=x')), /Invalid environment variable/)
  assert.deepEqual(answer(parseLabel('k=v=w')), ['k', 'v=w'])
  assert.deepEqual(answer(parseLabel('k')), ['k', ''])
  assert.match(message(parseLabel('=v')), /Invalid label/)
})

test.run()
