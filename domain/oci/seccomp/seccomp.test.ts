/** Profiles in every form become one filter; mistakes in them are named. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import { capabilityNames, defaultCapabilities } from '../capabilities.ts'
import type { OciSeccomp } from '../spec.ts'
import { exactJson } from '../uint64-json.ts'
import { buildSeccomp } from './build-seccomp.ts'
import { defaultProfile } from './default-profile.ts'
import { parseProfile } from './profile.ts'

const test = suite('seccomp')

const filterOf = (capabilities: ReadonlyArray<string>, architecture = 'x64'): OciSeccomp =>
  buildSeccomp({ profile: defaultProfile, architecture, capabilities })

const allowed = ({ syscalls }: OciSeccomp): ReadonlySet<string> =>
  new Set(
    syscalls.flatMap(({ names, action, args }) =>
      action === 'SCMP_ACT_ALLOW' && args === undefined ? names : [],
    ),
  )

const ordinary = filterOf(defaultCapabilities)

test('SEC-SECCOMP-09 SEC-SECCOMP-11: what is not allowed is refused; these always are', () => {
  assert.equal(ordinary.defaultAction, 'SCMP_ACT_ERRNO')
  for (const name of ['accept', 'accept4', 'access', 'alarm', 'bind', 'waitpid', 'write', 'writev'])
    assert.ok(allowed(ordinary).has(name), name)
  assert.ok(allowed(ordinary).has('ptrace'))
})

test('SEC-SECCOMP-11: personality for five values of its first argument', () => {
  const tests = ordinary.syscalls
    .filter(({ names }) => names.includes('personality'))
    .map(({ args = [] }) => args.map(({ index, op, value }) => [index, op, Number(value)]))
  const values = [0, 8, 131072, 131080, 4294967295]
  assert.deepEqual(
    tests,
    values.map((value) => [[0, 'SCMP_CMP_EQ', value]]),
  )
})

test('SYS-INIT-03: an ordinary container may not mount, unshare or reboot', () => {
  const dangerous = ['mount', 'umount2', 'unshare', 'reboot', 'name_to_handle_at', 'bpf', 'setns']
  for (const name of [...dangerous, 'keyctl', 'init_module', 'io_uring_setup', 'clock_settime'])
    assert.ok(!allowed(ordinary).has(name), name)
  const clone = ordinary.syscalls.find(({ names }) => names.includes('clone'))
  assert.deepEqual(clone?.args?.[0]?.op, 'SCMP_CMP_MASKED_EQ')
})

test('SEC-CAP-06: a granted capability can be used', () => {
  const all = allowed(filterOf(capabilityNames))
  for (const name of ['mount', 'reboot', 'init_module', 'acct', 'clock_settime', 'clone', 'chroot'])
    assert.ok(all.has(name), name)
  assert.ok(!all.has('kexec_load'))
  assert.ok(!allowed(filterOf([])).has('chroot'))
})

test('an architecture that is not known gets its native calls alone', () => {
  assert.deepEqual(filterOf([], 'mips').architectures, [])
  assert.ok(filterOf([], 'arm64').architectures.includes('SCMP_ARCH_AARCH64'))
})

const read = (profile: unknown): string => {
  const parsed = parseProfile(JSON.stringify(profile))
  return E.isLeft(parsed) ? parsed.left : 'accepted'
}

const one = (entry: unknown) => ({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [entry] })
const args = (test: unknown) => one({ name: 'x', action: 'SCMP_ACT_ERRNO', args: [test] })

const mistakes =
  'SEC-PROFILE-01 SEC-PROFILE-02 SEC-PROFILE-04 SEC-PROFILE-08 SEC-PROFILE-09: both forms are ' +
  'read, and every mistake is named'

test(mistakes, () => {
  assert.equal(
    read({ seccomp: one({ name: 'x', action: 'SCMP_ACT_ERRNO', args: null }) }),
    'accepted',
  )
  assert.equal(read(one({ names: ['x'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 })), 'accepted')
  assert.equal(
    read(args({ index: 0, value: 1, value_two: 2, op: 'SCMP_CMP_MASKED_EQ' })),
    'accepted',
  )
  assert.match(read({}), /defaultAction is undefined/)
  assert.match(read({ defaultAction: 'SCMP_ACT_KILL' }), /SCMP_ACT_KILL/)
  assert.match(read(one({ name: 'x', action: 'SCMP_ACT_TRACE' })), /SCMP_ACT_TRACE/)
  assert.match(read(one({ name: 'x', action: 'SCMP_ACT_ALLOW' })), /is the defaultAction/)
  assert.match(read(one({ name: '', action: 'SCMP_ACT_ERRNO' })), /names no system call/)
  assert.match(read(one(7)), /not a list of objects/)
  assert.match(read(args({ index: 6, value: 1, op: 'SCMP_CMP_EQ' })), /0 to 5/)
  assert.match(read(args({ index: 0, value: -1, op: 'SCMP_CMP_EQ' })), /0 to 2\^64-1/)
  assert.match(read(args({ index: 0, value: 1, op: 'SCMP_CMP_XX' })), /SCMP_CMP_XX/)
})

test('SEC-PROFILE-07: values keep all 64 bits', () => {
  const text =
    '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"name":"x","action":"SCMP_ACT_ERRNO",' +
    '"args":[{"index":0,"value":18446744073709551615,"op":"SCMP_CMP_EQ"}]}]}'
  const profile = parseProfile(text)
  assert.ok(E.isRight(profile))
  const filter = buildSeccomp({ profile: profile.right, architecture: 'x64', capabilities: [] })
  assert.match(exactJson(filter), /18446744073709551615/)
})

test('no text makes the reading throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseProfile(text)))
  const members = fc.record({
    defaultAction: fc.constant('SCMP_ACT_ALLOW'),
    syscalls: fc.jsonValue(),
  })
  fc.assert(fc.property(members, (profile) => void read(profile)))
})

test.run()
