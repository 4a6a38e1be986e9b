/** Freezing, killing and removing cgroups made by hand. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import type { LiveLimits } from '../../domain/container/limits.ts'
import { containerId } from '../../domain/identity.ts'
import type { Answer } from '../../domain/ports/answer.ts'
import { suite } from '../../properties/testing/suite.ts'
import { processPort } from '../kernel/process-port.ts'
import { makeCgroupPort } from './cgroup-port.ts'
import { processesIn, removeTrees } from './cgroup-tree.ts'
import { cgroupDirectories, controllerDirectory, detectCgroups } from './hierarchies.ts'
import { weightOf } from './limit-files.ts'

const test = suite('cgroup port')
const host = detectCgroups()
const port = makeCgroupPort({ host, process: processPort })
const parent = `/isulad-test-${randomBytes(6).toString('hex')}`
const id = containerId('c'.repeat(64))
const ref = { id, runtime: 'crun', attempt: 1, cgroupPath: `${parent}/${id}` }
const trees = cgroupDirectories(host, ref.cgroupPath)
const children: Array<ChildProcess> = []

test.after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await removeTrees(cgroupDirectories(host, parent))
})

const applied = async <A>(answer: Answer<A>): Promise<A> => {
  const result = await answer()
  if (result._tag === 'Right') return result.right
  throw new Error(JSON.stringify(result.left))
}

/** Runs a shell script inside the container's cgroups; cpuset refuses it for want of cpus. */
const inside = (script: string): ChildProcess => {
  for (const tree of trees) mkdirSync(tree, { recursive: true })
  const joins = trees.map((tree) => `echo $$ > ${tree}/cgroup.procs || true`).join('\n')
  const child = spawn('/bin/sh', ['-c', `${joins}\n${script}`], { stdio: 'ignore' })
  children.push(child)
  return child
}

const joined = async (): Promise<void> => {
  while ((await processesIn(trees)).length === 0) await new Promise((r) => setTimeout(r, 5))
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

const unlimited: LiveLimits = {
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

const limitOf = (controller: string, file: string): string =>
  readFileSync(`${controllerDirectory(host, controller, ref.cgroupPath)}/${file}`, 'utf8').trim()

test.needs(['root', 'linux'], 'absent cgroups are applied for kill and remove', async () => {
  await applied(port.killAll(ref))
  await applied(port.remove(ref))
  assert.not.ok(await applied(port.isFrozen(ref)))
  assert.match(JSON.stringify(await port.freeze(ref)()), /"NotApplied","errno":"ENOENT"/)
})

test.needs(['root', 'linux'], "a path that is not the container's own is refused", async () => {
  for (const cgroupPath of ['/', '', parent, `${parent}/../${id}`, `${parent}/other`]) {
    for (const call of [port.killAll, port.remove, port.freeze]) {
      assert.match(JSON.stringify(await call({ ...ref, cgroupPath })()), /"errno":"EINVAL"/)
    }
  }
})

test.needs(['root', 'linux'], 'freezing waits for FROZEN and is idempotent (R-34)', async () => {
  const child = inside('sleep 1000')
  await joined()
  for (const step of [port.freeze, port.freeze]) await applied(step(ref))
  assert.ok(await applied(port.isFrozen(ref)))
  for (const step of [port.thaw, port.thaw]) await applied(step(ref))
  assert.not.ok(await applied(port.isFrozen(ref)))
  await applied(port.killAll(ref))
  await ended(child)
})

test.needs(
  ['root', 'linux'],
  'a fork bomb in a frozen cgroup dies and leaves nothing',
  async () => {
    const child = inside('f() { while true; do sleep 0.01 & done; }; f & f & f & wait')
    await joined()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await applied(port.freeze(ref))
    await applied(port.killAll(ref))
    assert.equal(await processesIn(trees), [])
    await ended(child)
    for (const tree of trees) mkdirSync(`${tree}/below/it`, { recursive: true })
    await applied(port.remove(ref))
    for (const tree of trees) assert.not.ok(existsSync(tree), tree)
  },
)

test.needs(['root', 'linux'], 'limits are written whole, twice as well as once', async () => {
  const child = inside('sleep 1000')
  await joined()
  const limits = { ...unlimited, CPUShares: 300, PidsLimit: 70, Memory: 1e8, MemorySwap: 2e8 }
  const request = { ref, limits, previous: unlimited }
  for (const _ of [1, 2]) await applied(port.setLimits(request))
  assert.is(limitOf('pids', 'pids.max'), '70')
  const v1 = host.hierarchies.some((h) => h.controllers.includes('cpu'))
  assert.is(limitOf('cpu', v1 ? 'cpu.shares' : 'cpu.weight'), v1 ? '300' : String(weightOf(300)))
  const refused = { ...limits, CPUShares: 400, CpusetCpus: '60000' }
  const answer = await port.setLimits({ ref, limits: refused, previous: limits })()
  assert.match(JSON.stringify(answer), /"NotApplied".*60000 in cpuset.cpus/)
  assert.is(limitOf('cpu', v1 ? 'cpu.shares' : 'cpu.weight'), v1 ? '300' : String(weightOf(300)))
  await applied(port.killAll(ref))
  await ended(child)
  await applied(port.remove(ref))
  assert.match(JSON.stringify(await port.setLimits(request)()), /"NotApplied","errno":"ENOENT"/)
})

test.needs(['root', 'linux'], 'a cgroup that stays busy is answered as EBUSY', async () => {
  const child = inside('sleep 1000')
  await joined()
  assert.match(JSON.stringify(await port.remove(ref)()), /"NotApplied","errno":"EBUSY"/)
  await applied(port.killAll(ref))
  await ended(child)
  await applied(port.remove(ref))
})

test.run()
