/** The tables of `stats` and the lines of `port`. */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { Container_info } from '../../../adapters/rpc/wire/containers.ts'
import { suite } from '../../../properties/testing/suite.ts'
import { bindingsOf, parsePort, portLines } from './ports.ts'
import { binarySize, cpuPercent, liveScreen, originalTable, usageTable } from './stats.ts'

const test = suite('isula stats and port formats')

const info = (change: Partial<Container_info>): Container_info =>
  Container_info.fromPartial({
    id: '21fac8bb9ea8'.padEnd(64, '0'),
    online_cpus: 2,
    mem_limit: String(8 * 1024 ** 3),
    ...change,
  })

test('CLI-STATS-02: sizes have two decimals and binary units after a blank', () => {
  assert.equal([0, 1023, 1024, 57_344, 7.45 * 1024 ** 3, 1024 ** 5].map(binarySize), [
    '0.00 B',
    '1023.00 B',
    '1.00 KiB',
    '56.00 KiB',
    '7.45 GiB',
    '1.00 PiB',
  ])
})

test('CLI-STATS-02: header, twelve digits of the id, percentages without their sign', () => {
  const before = info({ cpu_use_nanos: '1000', cpu_system_use: '100000' })
  const now = info({
    cpu_use_nanos: '26000',
    cpu_system_use: '300000',
    mem_used: 1024 ** 3,
    workingset_bytes: 512 * 1024 ** 2,
    pids_current: 3,
  })
  const [head = '', row = ''] = usageTable([before], [now]).split('\n')
  assert.equal(head.split(/ {2,}/), [
    'CONTAINER',
    'CPU %',
    'MEM USAGE / LIMIT',
    'MEM %',
    'BLOCK I / O',
    'PIDS',
  ])
  assert.equal(row.split(/ {2,}/), [
    '21fac8bb9ea8',
    '25.00',
    '512.00 MiB / 8.00 GiB',
    '6.25',
    '0.00 B / 0.00 B',
    '3',
  ])
})

test('a share of the cpu is that of one, from two samples, and never negative', () => {
  const at = (cpu: string, system: string) => info({ cpu_use_nanos: cpu, cpu_system_use: system })
  assert.is(cpuPercent(at('0', '0'), at('100', '200')), 100)
  assert.is(cpuPercent(at('0', '0'), at('200', '200')), 200)
  assert.is(cpuPercent(at('900', '100'), at('5', '300')), 0)
  assert.is(cpuPercent(at('0', '100'), at('5', '100')), 0)
  assert.is(cpuPercent(undefined, at('5', '100')), 0)
})

test('--original shows the figures as they came', () => {
  const now = info({ name: 'web', status: 'running', mem_used: 5, kmem_used: 6, cache: 7 })
  const [head = '', row = ''] = originalTable([now]).split('\n')
  assert.is(head.split(/ +/).length, 13)
  assert.equal(row.split(/ +/), '21fac8bb9ea8 0 running 0 0 2 0 0 5 8589934592 6 7 web'.split(' '))
})

test('the live table clears the screen and reverses its header', () => {
  assert.is(liveScreen('A B\n1 2\n'), '\u001b[H\u001b[2J\u001b[7mA B\u001b[0m\n1 2\n')
})

test('ports are shown from both forms of the document', () => {
  const element = { Element: { host: [{ HostIP: '', HostPort: '8080' }] } }
  const ports = { '80/tcp': element, '53/udp': [{ HostIp: '::1', HostPort: '5353' }] }
  const bindings = bindingsOf({ NetworkSettings: { Ports: ports } })
  assert.equal(portLines(bindings, undefined), ['80/tcp -> 0.0.0.0:8080', '53/udp -> [::1]:5353'])
  assert.equal(portLines(bindings, '80/tcp'), ['0.0.0.0:8080'])
  assert.equal(portLines(bindings, '81/tcp'), [])
  assert.equal(bindingsOf({}), [])
})

test('a port to look for is a number with a protocol', () => {
  assert.equal(parsePort('80'), E.right('80/tcp'))
  assert.equal(parsePort('080/UDP'), E.right('80/udp'))
  for (const text of ['', '0', '65536', 'http', '80/icmp', '-1'])
    assert.ok(E.isLeft(parsePort(text)))
})

test.run()
