/** Limits on trees of files: which tree is written, in which order, and what is taken back. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { is, match, not } from 'uvu/assert'
import type { LiveLimits } from '../../domain/container/limits.ts'
import { containerId } from '../../domain/identity.ts'
import { suite } from '../../properties/testing/suite.ts'
import { EffectFailure } from '../errors/effect-failure.ts'
import type { CgroupHost } from './hierarchies.ts'
import { setLimits } from './set-limits.ts'

const test = suite('set limits')

const root = mkdtempSync(`${tmpdir()}/isulad-limits-`)
test.after(() => rmSync(root, { recursive: true, force: true }))

const id = containerId('c'.repeat(64))
const path = `/isulad/${id}`
const ref = { id, runtime: 'crun', attempt: 1, cgroupPath: path }

const none: LiveLimits = {
  CPUShares: 0,
  NanoCpus: 0,
  CPUPeriod: 0,
  CPUQuota: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Memory: 0,
  MemorySwap: 0,
  MemoryReservation: 0,
  PidsLimit: 0,
}

let trees = 0

/** A tree with these files; a name that ends with `/` is a directory, which refuses every write. */
const tree = (files: Readonly<Record<string, string>>): string => {
  trees += 1
  const mount = `${root}/${trees}`
  mkdirSync(mount + path, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    const file = `${mount}${path}/${name}`
    mkdirSync(name.endsWith('/') ? file : dirname(file), { recursive: true })
    if (!name.endsWith('/')) writeFileSync(file, text)
  }
  return mount
}

const v1 = (mounts: Readonly<Record<string, string>>): CgroupHost => ({
  mode: 'v1',
  hierarchies: Object.entries(mounts).map(([controller, mount]) => ({
    mount,
    version: 1,
    controllers: [controller],
  })),
  unifiedControllers: [],
})

const v2 = (mount: string, controllers: ReadonlyArray<string>): CgroupHost => ({
  mode: 'v2',
  hierarchies: [{ mount, version: 2, controllers: [] }],
  unifiedControllers: controllers,
})

const read = (mount: string, file: string): string =>
  readFileSync(`${mount}${path}/${file}`, 'utf8')

const request = (limits: Partial<LiveLimits>, previous: Partial<LiveLimits> = {}) => ({
  ref,
  limits: { ...none, ...limits },
  previous: { ...none, ...previous },
})

const failureOf = (run: () => void): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof EffectFailure) return JSON.stringify(error.effect)
    throw error
  }
  throw new Error('it was applied')
}

test('version 1: each controller has its own tree', () => {
  const [cpu, pids] = [tree({ 'cpu.shares': '1024' }), tree({ 'pids.max': 'max' })]
  setLimits(v1({ cpu, pids }), request({ CPUShares: 300, PidsLimit: 7 }))
  is(read(cpu, 'cpu.shares'), '300')
  is(read(pids, 'pids.max'), '7')
})

test('a hybrid host: version 1 where the controller is, else version 2', () => {
  const [memory, unified] = [
    tree({ 'memory.limit_in_bytes': '9', 'memory.memsw.limit_in_bytes': '9' }),
    tree({ 'pids.max': 'max', 'cpu.weight': '100' }),
  ]
  const host: CgroupHost = {
    mode: 'hybrid',
    hierarchies: [
      { mount: memory, version: 1, controllers: ['memory'] },
      { mount: unified, version: 2, controllers: [] },
    ],
    unifiedControllers: ['pids', 'cpu'],
  }
  setLimits(host, request({ Memory: 100, MemorySwap: 200, PidsLimit: 7, CPUShares: 2 }))
  is(read(memory, 'memory.limit_in_bytes'), '100')
  is(read(memory, 'memory.memsw.limit_in_bytes'), '200')
  is(read(unified, 'pids.max'), '7')
  is(read(unified, 'cpu.weight'), '1')
})

test('version 2: one tree, and no swap file is no error', () => {
  const mount = tree({ 'memory.max': 'max', 'cpu.max': 'max 100000' })
  const host = v2(mount, ['memory', 'cpu'])
  setLimits(host, request({ Memory: 100, MemorySwap: 300, NanoCpus: 500_000_000 }))
  is(read(mount, 'memory.max'), '100')
  is(read(mount, 'cpu.max'), '50000 100000')
  not.ok(existsSync(`${mount}${path}/memory.swap.max`))
})

test('what is refused in the middle takes back what was written before', () => {
  const [cpu, pids] = [tree({ 'cpu.shares': '300' }), tree({ 'pids.max/': '' })]
  const host = v1({ cpu, pids })
  const text = failureOf(() =>
    setLimits(host, request({ CPUShares: 500, PidsLimit: 7 }, { CPUShares: 300 })),
  )
  match(text, /the kernel refuses 7 in pids.max/)
  is(read(cpu, 'cpu.shares'), '300')
})

test('what was not set goes back to what the kernel has without it', () => {
  const [cpu, memory] = [
    tree({ 'cpu.shares': '1024' }),
    tree({ 'memory.limit_in_bytes/': '', 'memory.memsw.limit_in_bytes': '500' }),
  ]
  failureOf(() => setLimits(v1({ cpu, memory }), request({ CPUShares: 500, Memory: 100 })))
  is(read(cpu, 'cpu.shares'), '1024')
})

test('what is refused at once changes nothing and needs nothing taken back', () => {
  const [cpu, pids] = [tree({ 'cpu.shares/': '' }), tree({ 'pids.max': '9' })]
  const host = v1({ cpu, pids })
  const limits = { CPUShares: 500, PidsLimit: 7 }
  match(
    failureOf(() => setLimits(host, request(limits, { CPUShares: 300, PidsLimit: 9 }))),
    /"NotApplied".*refuses 500 in cpu.shares/,
  )
  is(read(pids, 'pids.max'), '9')
})

test('a controller that the kernel lacks, and a cgroup that is gone, are told apart', () => {
  const cpu = tree({ 'cpu.shares': '1024' })
  match(
    failureOf(() => setLimits(v1({ cpu }), request({ PidsLimit: 7 }))),
    /EOPNOTSUPP.*pids.max/,
  )
  rmSync(cpu + path, { recursive: true })
  match(
    failureOf(() => setLimits(v1({ cpu }), request({ CPUShares: 7 }))),
    /ENOENT.*no cgroup/,
  )
})

test('nothing is written before every file is known to be there', () => {
  const cpu = tree({ 'cpu.shares': '1024' })
  failureOf(() => setLimits(v1({ cpu }), request({ CPUShares: 300, PidsLimit: 7 })))
  is(read(cpu, 'cpu.shares'), '1024')
})

test.run()
