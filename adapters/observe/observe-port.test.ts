/** What the observation finds in directories that were made by hand, and how fast. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { containerId, diffId, layerId, type ProcessIdentity } from '../../domain/identity.ts'
import { suite } from '../../properties/testing/suite.ts'
import { identityOf } from '../kernel/proc.ts'
import { writeFacts } from '../layers/facts.ts'
import { makeObservePort } from './observe-port.ts'

const test = suite('observe port')
/** State directories are on tmpfs in earnest. */
const dir = mkdtempSync(`${existsSync('/dev/shm') ? '/dev/shm' : tmpdir()}/isulad-test-`)
const layout = { root: `${dir}/root`, state: `${dir}/state` }
const none = { mode: 'v1', hierarchies: [], unifiedControllers: [] } as const

test.after(() => rmSync(dir, { recursive: true }))

const port = makeObservePort({
  layout,
  host: none,
  cgroupParents: () => ['/isulad-none'],
  keepsProofs: true,
})

const observed = async () => {
  const answer = await port.observe()()
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

const idOf = (n: number) => containerId(n.toString(16).padStart(64, '0'))

const makeContainer = (n: number, init: ProcessIdentity, execs: number): void => {
  const run = `${layout.state}/crun/${idOf(n)}/1`
  mkdirSync(`${run}/bundle`, { recursive: true })
  mkdirSync(`${run}/exits`)
  writeFileSync(`${run}/launch.json`, JSON.stringify({ init, monitor: init }))
  for (let e = 0; e < execs; e++) {
    mkdirSync(`${run}/exec/e${e}/exits`, { recursive: true })
    writeFileSync(`${run}/exec/e${e}/launch.json`, JSON.stringify({ init, monitor: init }))
    writeFileSync(`${run}/exec/e${e}/exits/${idOf(n)}`, '9')
  }
  mkdirSync(`${layout.state}/crun/.runtime/${idOf(n)}`, { recursive: true })
  const status = { pid: init.pid, 'process-start-time': init.startTicks }
  writeFileSync(`${layout.state}/crun/.runtime/${idOf(n)}/status`, JSON.stringify(status))
  mkdirSync(`${layout.root}/engines/crun/${idOf(n)}`, { recursive: true })
  mkdirSync(`${layout.root}/storage/overlay-containers/${idOf(n)}`, { recursive: true })
}

test.needs(['linux'], 'a host without our directories is empty (R-35)', async () => {
  const { containers, layers, strangers } = await observed()
  assert.equal({ containers, layers, strangers }, { containers: {}, layers: [], strangers: [] })
})

test.needs(['linux'], '500 containers are seen, and how fast is told', async () => {
  const self = identityOf(process.pid)
  assert.ok(self)
  for (let n = 0; n < 500; n++) makeContainer(n, self, n % 10 === 0 ? 1 : 0)
  const times: Array<number> = []
  for (let run = 0; run < 3; run++) {
    const before = performance.now()
    await observed()
    times.push(performance.now() - before)
  }
  const tookMs = Math.min(...times)
  const { containers } = await observed()
  assert.is(Object.keys(containers).length, 500)
  const one = containers[idOf(10)]
  if (one === undefined) throw new Error('not seen')
  assert.is(one?.runtime, 'running')
  assert.ok(one.directory && one.writableLayer && !one.cgroup && !one.rootfsMounted)
  assert.equal(one.incarnations[0]?.init, { identity: self, alive: true })
  const [exec] = Object.values(one.incarnations[0]?.execs ?? {})
  assert.is(exec?.exit?.code, 9)
  console.log(`observed in ${tookMs.toFixed(0)} ms`)
})

test.needs(['linux'], 'a process with the same pid but another start is dead (I5)', async () => {
  const self = identityOf(process.pid)
  assert.ok(self)
  makeContainer(900, { ...self, startTicks: self.startTicks + 1 }, 0)
  const one = (await observed()).containers[idOf(900)]
  assert.is(one?.incarnations[0]?.init?.alive, false)
  assert.is(one?.runtime, 'stopped')
})

test.needs(['linux'], 'layers count when whole; the rest are strangers (W9)', async () => {
  const [whole, torn] = ['a'.repeat(64), 'b'.repeat(64)]
  for (const layer of [whole, torn])
    mkdirSync(`${layout.root}/storage/overlay/${layer}/diff`, { recursive: true })
  const facts = { version: 1, sizeBytes: 0, entries: 0, skippedXattrs: 0 } as const
  const directory = `${layout.root}/storage/overlay/${whole}`
  await writeFacts(directory, { ...facts, layer: layerId(whole), diff: diffId(whole) })
  writeFileSync(`${layout.root}/storage/overlay/${torn}/layer.json`, '{}')
  mkdirSync(`${layout.root}/storage/staging/${torn}`, { recursive: true })
  mkdirSync(`${layout.root}/storage/overlay-containers/odd`, { recursive: true })
  mkdirSync(`${layout.state}/crun/.runtime/odd`)
  const { layers, strangers } = await observed()
  assert.equal(layers, [whole])
  assert.equal(
    strangers.map((s) => `${s.kind} ${s.name.slice(dir.length)}`),
    [
      `staging /root/storage/overlay/${torn}`,
      `staging /root/storage/staging/${torn}`,
      'staging /root/storage/overlay-containers/odd',
      'runtime /state/crun/.runtime/odd',
    ],
  )
})

test.needs(['linux'], 'a damaged launch record is no reason to fail (R-11)', async () => {
  for (const text of ['', '{', '\0\0\0', '{"init": 7}']) {
    const run = `${layout.state}/crun/${idOf(901)}/1`
    mkdirSync(run, { recursive: true })
    writeFileSync(`${run}/launch.json`, text)
    const one = (await observed()).containers[idOf(901)]
    assert.equal(one?.incarnations[0], { attempt: 1, oomKilled: false, execs: {} })
  }
})

test.run()
