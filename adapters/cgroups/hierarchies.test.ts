/** Mount tables of v1, hybrid and unified hosts. */
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { parseMountinfo } from '../kernel/mountinfo.ts'
import {
  cgroupDirectories,
  controllerDirectory,
  hierarchiesOf,
  modeOf,
  type CgroupHost,
} from './hierarchies.ts'

const test = suite('cgroup hierarchies')

const v1 = [
  '30 24 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
  '32 30 0:28 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer',
  '33 30 0:29 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd',
  '34 30 0:28 / /elsewhere/freezer rw,relatime - cgroup cgroup rw,freezer',
]
const unified = '35 30 0:30 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw'
const only = '35 24 0:30 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate'

const read = (lines: ReadonlyArray<string>) =>
  hierarchiesOf(parseMountinfo(Buffer.from(lines.join('\n'))))

const hostOf = (lines: ReadonlyArray<string>): CgroupHost => {
  const hierarchies = read(lines)
  return { hierarchies, mode: modeOf(hierarchies), unifiedControllers: [] }
}

test('each hierarchy counts once, with its controllers', () => {
  assert.equal(
    read([...v1, unified]).map((h) => [h.mount, h.version, h.controllers]),
    [
      ['/sys/fs/cgroup/cpu,cpuacct', 1, ['cpu', 'cpuacct']],
      ['/sys/fs/cgroup/freezer', 1, ['freezer']],
      ['/sys/fs/cgroup/systemd', 1, ['name=systemd']],
      ['/sys/fs/cgroup/unified', 2, []],
    ],
  )
})

test('v1, hybrid and v2 are told apart', () => {
  assert.is(modeOf(read(v1)), 'v1')
  assert.is(modeOf(read([...v1, unified])), 'hybrid')
  assert.is(modeOf(read([only])), 'v2')
})

test('a container has one directory per hierarchy', () => {
  assert.equal(cgroupDirectories(hostOf([only]), '/isulad/x'), ['/sys/fs/cgroup/isulad/x'])
  assert.is(cgroupDirectories(hostOf([...v1, unified]), '/isulad/x').length, 4)
})

test('a controller is found in its v1 hierarchy, or in the v2 tree', () => {
  assert.is(controllerDirectory(hostOf(v1), 'freezer', '/a'), '/sys/fs/cgroup/freezer/a')
  assert.is(controllerDirectory(hostOf([only]), 'freezer', '/a'), '/sys/fs/cgroup/a')
  assert.is(controllerDirectory(hostOf([...v1, unified]), 'memory', '/a'), undefined)
})

test.run()
