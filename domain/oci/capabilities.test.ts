/** Which capabilities a container gets. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import {
  capabilitiesOfMask,
  capabilityNames,
  defaultCapabilities,
  grantCapabilities,
} from './capabilities.ts'

const test = suite('capabilities')

const granted = (add: ReadonlyArray<string>, drop: ReadonlyArray<string>, privileged = false) => {
  const result = grantCapabilities({ privileged, add, drop, available: capabilityNames })
  return E.isRight(result) ? [...result.right.granted].sort() : result.left
}

const without = (all: ReadonlyArray<string>, name: string) =>
  all.filter((one) => one !== name).sort()

test('PRIV-MODE-01 PRIV-SCN-01 SEC-CAP-04: an ordinary container has exactly the 14', () => {
  assert.equal(defaultCapabilities.length, 14)
  assert.deepEqual(granted([], []), [...defaultCapabilities].sort())
})

test('SEC-CAP-01: prefix and letter case do not matter', () => {
  assert.deepEqual(granted(['net_admin'], []), granted(['CAP_NET_ADMIN'], []))
  assert.deepEqual(granted([], ['Cap_Chown']), without(defaultCapabilities, 'CAP_CHOWN'))
})

test('SEC-CAP-01 SEC-SCN-09: an unknown name is refused', () => {
  assert.equal(granted(['NOSUCH'], []), 'NOSUCH')
  assert.equal(granted([], ['NOSUCH']), 'NOSUCH')
  assert.equal(granted(['__proto__'], []), '__proto__')
})

test('SEC-CAP-02 SEC-SCN-07: all added and one dropped is all but one', () => {
  assert.deepEqual(granted(['all'], ['SYS_ADMIN']), without(capabilityNames, 'CAP_SYS_ADMIN'))
})

test('SEC-CAP-02: with all dropped only the named ones remain', () => {
  assert.deepEqual(granted(['SYS_TIME'], ['ALL']), ['CAP_SYS_TIME'])
  assert.deepEqual(granted([], ['all']), [])
  assert.deepEqual(granted(['all'], ['all']), [])
})

test('SEC-CAP-02: adds come first, so what is added and dropped is dropped', () => {
  assert.deepEqual(granted(['SYS_TIME'], ['SYS_TIME']), [...defaultCapabilities].sort())
})

test('PRIV-MODE-03 PRIV-MODE-04 PRIV-CAP-21: privileged has all, whatever is dropped', () => {
  assert.deepEqual(granted([], ['all'], true), [...capabilityNames].sort())
})

test('what the daemon does not have itself is withheld and told', () => {
  const available = without(capabilityNames, 'CAP_SYS_RESOURCE')
  const result = grantCapabilities({ privileged: true, add: [], drop: [], available })
  assert.ok(E.isRight(result))
  assert.deepEqual(result.right.withheld, ['CAP_SYS_RESOURCE'])
  assert.ok(!result.right.granted.includes('CAP_SYS_RESOURCE'))
})

test('a mask names its bits up to the last capability of the kernel', () => {
  assert.deepEqual(capabilitiesOfMask(0x21n, 40), ['CAP_CHOWN', 'CAP_KILL'])
  assert.equal(capabilitiesOfMask(0x1fffeffffffn, 40).includes('CAP_SYS_RESOURCE'), false)
  assert.equal(capabilitiesOfMask(2n ** 64n - 1n, 37).at(-1), 'CAP_AUDIT_READ')
})

test.run()
