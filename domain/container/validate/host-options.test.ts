/** Names, devices, kernel parameters and namespaces: what is read, and what is refused. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import { parseDevice, parseDeviceRule } from './device.ts'
import { exposedPorts } from './exposed-port.ts'
import { parseExtraHost } from './name-service.ts'
import { checkNamespaceMode, resolveModes } from './namespace-mode.ts'
import type { Checked } from './refusal.ts'
import { secretEntries, secretNames } from './secret-env.ts'
import { parseSecurityOption } from './security-option.ts'
import { checkSysctls, parseSysctl } from './sysctl.ts'

const test = suite('host options')

const right = <A>(checked: Checked<A>): A => {
  if (E.isLeft(checked)) throw new Error(checked.left.message)
  return checked.right
}

test('CLI-CR-08: all forms of a device', () => {
  const device = (host: string, inside: string, access: string) => ({
    PathOnHost: host,
    PathInContainer: inside,
    CgroupPermissions: access,
  })
  assert.deepEqual(right(parseDevice('/dev/a')), device('/dev/a', '/dev/a', 'rwm'))
  assert.deepEqual(right(parseDevice('/dev//a/:mr')), device('/dev/a', '/dev/a', 'mr'))
  assert.deepEqual(right(parseDevice('/dev/a:/dev/b')), device('/dev/a', '/dev/b', 'rwm'))
  assert.deepEqual(right(parseDevice('/dev/a:/dev/b:w')), device('/dev/a', '/dev/b', 'w'))
  for (const wrong of ['', 'a', '/', '/a:b', '/a:/b:rr', '/a:/b:r:w', '/a:/'])
    assert.ok(E.isLeft(parseDevice(wrong)), wrong)
})

test('device rules, as the devices cgroup spells them', () => {
  assert.deepEqual(right(parseDeviceRule('c 10:* rw')), {
    type: 'c',
    major: 10,
    minor: undefined,
    access: 'rw',
  })
  for (const wrong of ['', 'c 10:* ', 'd 1:1 r', 'c 1 r', 'c 1:1 x', 'c -1:1 r'])
    assert.ok(E.isLeft(parseDeviceRule(wrong)), wrong)
})

test('SYS-OPT-01: hosts with IPv4 and IPv6 addresses', () => {
  assert.deepEqual(right(parseExtraHost('a.b:::1')), { host: 'a.b', address: '::1' })
  assert.deepEqual(right(parseExtraHost('a:[fd00::1]')), { host: 'a', address: 'fd00::1' })
  for (const wrong of ['a:1.2.3', 'a:host-gateway', '-a:1.2.3.4', 'a b:1.2.3.4', 'a:1.2.3.4\nx'])
    assert.ok(E.isLeft(parseExtraHost(wrong)), wrong)
})

test('SYS-OPT-05: no spelling of a key leads out of the list', () => {
  const own = { net: false, ipc: false }
  const wrong = ['net', 'net.', 'net..a', 'net./a', 'net.../kernel.x', 'kernel.sem.x', 'fs.mqueuex']
  for (const key of wrong) assert.ok(E.isLeft(checkSysctls({ [key]: '1' }, own)), key)
  for (const key of ['net.a', 'net.ipv4.conf.eth0-1.x', 'fs.mqueue.msg_max', 'kernel.sem'])
    assert.ok(E.isRight(checkSysctls({ [key]: '1' }, own)), key)
  assert.ok(E.isLeft(checkSysctls({ 'net.a': '1\n2' }, own)))
  assert.deepEqual(right(parseSysctl('a=b=c')), ['a', 'b=c'])
})

test('RES-NS-05: other containers are stored by their ids, once they are found', () => {
  const modes = { NetworkMode: 'container:web', PidMode: 'host', IpcMode: '', UTSMode: 'none' }
  const found = right(resolveModes(modes, (name) => E.right(`id-of-${name}`)))
  assert.deepEqual(found, { ...modes, NetworkMode: 'container:id-of-web' })
  const none = resolveModes(modes, () => E.left('No such container:web'))
  assert.ok(E.isLeft(none) && none.left.message === 'No such container:web')
  assert.ok(E.isLeft(checkNamespaceMode('shareable', { member: 'PidMode', own: ['none'] })))
})

test('ranges of exposed ports, each port once', () => {
  assert.deepEqual(right(exposedPorts(['1-2', '2/tcp', '2/UDP'])), ['1/tcp', '2/tcp', '2/udp'])
})

test('of secrets only the names are kept, and refusals show no value', () => {
  const entries = right(secretEntries('{"SecretEnv":["A=x=y","A=z","B="]}'))
  assert.deepEqual(secretNames(entries), ['A', 'B'])
  const refused = secretEntries('{"SecretEnv":["=hidden"]}')
  assert.ok(E.isLeft(refused) && !refused.left.message.includes('hidden'))
})

test('no text makes any of them throw', () => {
  const parsers = [parseDevice, parseDeviceRule, parseExtraHost, parseSysctl, parseSecurityOption]
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of parsers) assert.ok('_tag' in parse(text))
      secretEntries(text)
      exposedPorts([text])
    }),
  )
})

test.run()
