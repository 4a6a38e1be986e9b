/** What is gathered of this host is complete and exact. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite } from '../../properties/testing/suite.ts'
import { hostDevices } from './device-nodes.ts'
import { gatherHostFacts, hardLimits, onlineCpus } from './host-facts.ts'
import { parseCapabilities } from '../kernel/own-limits.ts'

const test = suite('host facts')

const limits = [
  'Limit                     Soft Limit           Hard Limit           Units     ',
  'Max cpu time              unlimited            unlimited            seconds   ',
  'Max open files            1024                 20000                files     ',
  'Max nice priority         0                    0                    ',
].join('\n')

test('hard limits are read exactly, unlimited ones are no ceiling', () => {
  assert.deepEqual(hardLimits(limits), { RLIMIT_NOFILE: 20000n, RLIMIT_NICE: 0n })
})

test.needs(['linux'], 'the facts of this machine are complete', async () => {
  const facts = await gatherHostFacts({ devices: false })
  assert.ok(facts.mounts.some(({ point }) => point === '/proc'))
  assert.deepEqual(facts.devices, [])
  assert.ok((await onlineCpus()).includes(0))
  const status = readFileSync('/proc/self/status', 'utf8')
  const mask = parseCapabilities(status, 'CapBnd') ?? 0n
  const bits = mask.toString(2).replaceAll('0', '').length
  assert.equal(facts.capabilities.length, bits)
})

test.needs(
  ['linux'],
  'device nodes are found with their numbers, pseudo terminals are not',
  async () => {
    const devices = await hostDevices()
    const zero = devices.find(({ path }) => path === '/dev/zero')
    assert.deepEqual([zero?.type, zero?.major, zero?.minor], ['c', 1, 5])
    assert.ok(!devices.some(({ path }) => path.startsWith('/dev/pts/')))
  },
)

test.run()
