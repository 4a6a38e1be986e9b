/** Settings that are refused, each with the words that name what was wrong. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import { daemonConfig } from './daemon-config.ts'

const test = suite('refused settings')

const refusal = (argv: ReadonlyArray<string>, file?: unknown): string => {
  const text = JSON.stringify(file)
  const result = daemonConfig(argv, file === undefined ? undefined : { path: '/d.json', text })
  return E.isLeft(result) ? result.left.message : 'accepted'
}

test('a pair without key or sign, and an ulimit that is none, are refused with their flag', () => {
  for (const wrong of ['max-file', '=2'])
    assert.equal(
      refusal([`--log-opt=${wrong}`]),
      `Invalid value "${wrong}" for flag --log-opt: want key=value`,
    )
  assert.equal(refusal(['--log-opt=log-path=/a=b']), 'accepted')
  assert.notEqual(refusal(['--default-ulimit=nofile']), 'accepted')
  assert.notEqual(refusal(['--default-ulimit=colour=1:2']), 'accepted')
})

test('CFG-LOG-04: the log needs an absolute path and a size above 0', () => {
  assert.equal(
    refusal(['--log-opt=log-path=relative']),
    'Invalid log-path "relative": want an absolute path',
  )
  assert.equal(refusal(['--log-opt=max-size=0']), 'Invalid max-size "0": want more than 0')
})

test('CFG-RT-02: names of runtimes are checked, they become parts of paths', () => {
  for (const name of ['../x', '.hidden', 'a b', ''])
    assert.equal(
      refusal([], { runtimes: { [name]: { path: '/usr/bin/kata' } } }),
      `Invalid runtime name "${name}"`,
    )
})

test('CFG-STG-03: the kernel check is overridden or not', () => {
  const option = 'overlay2.override_kernel_check'
  assert.equal(
    refusal([`--storage-opt=${option}=maybe`]),
    `Invalid storage option "${option}=maybe": want true or false`,
  )
  assert.equal(refusal([`--storage-opt=${option}`]).startsWith('Invalid storage option'), true)
})

test('CFG-WS-01: a legal port other than the default is not there yet', () => {
  const key = 'websocket-server-listening-port'
  assert.equal(refusal([`--${key}=2000`]), `not supported yet: ${key} other than 10350`)
})

test('CFG-SRC-03: a conflict shows what stands in the file, whatever that is', () => {
  const told = (argv: ReadonlyArray<string>, file: unknown): string | undefined =>
    /from file: \[(.*)\]\)$/.exec(refusal(argv, file))?.[1]
  assert.equal(told(['-H=unix:///a'], { hosts: 'unix:///b' }), 'unix:///b')
  const ulimits = { 'default-ulimits': { nofile: { Soft: 5 }, core: 'x' } }
  assert.equal(told(['--default-ulimit=nofile=1:2'], ulimits), 'nofile=5:0 core=0:0')
})

test('DAEMON-HOST-04: an IPv6 address needs eight groups or one gap, of four digits each', () => {
  for (const wrong of ['1:2:3', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8', '12345::', '::1.2.3.999'])
    assert.match(refusal([`-H=tcp://[${wrong}]:1`]), /^Invalid host /, wrong)
  for (const right of ['1:2:3:4:5:6:7:8', '::', '1:2:3:4:5:6:1.2.3.4'])
    assert.equal(refusal([`-H=tcp://[${right}]:1`]), 'accepted', right)
})

test.run()
