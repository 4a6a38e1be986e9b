/** The look at the host sees what containers leave, waits for slow ends, and no longer. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../testing/suite.ts'
import { hostSnapshot, leftOver } from './host-snapshot.mjs'

const test = suite('host snapshot')

test('what was there before is not left over, what is new is', async () => {
  const take = () => ['old', 'new']
  assert.equal(await leftOver({ before: ['old', 'gone'], graceMs: 0, take }), ['new'])
})

test('what goes within the grace is not left over', async () => {
  let looks = 0
  const take = () => ((looks += 1) < 3 ? ['slow'] : [])
  assert.equal(await leftOver({ before: [], graceMs: 5_000, take }), [])
  assert.is(looks, 3)
})

test('a process named conmon is seen while it lives, and not as a zombie', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'host-snapshot-'))
  const program = join(folder, 'conmon')
  copyFileSync('/bin/sleep', program)
  const child = spawn(program, ['60'])
  try {
    await once(child, 'spawn')
    const isIt = (line: string): boolean => line.startsWith(`process ${child.pid} `)
    assert.ok(hostSnapshot().some(isIt))
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.not(hostSnapshot().some(isIt))
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  }
})

test.needs(['root', 'program:mount'], 'a mount left behind is seen', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'host-snapshot-'))
  const before = hostSnapshot()
  const mounted = spawn('mount', ['-t', 'tmpfs', 'isula-test', folder])
  try {
    assert.equal(await once(mounted, 'exit'), [0, null])
    const extra = await leftOver({ before, graceMs: 0 })
    assert.ok(extra.some((line) => line.startsWith(`tmpfs on ${folder} `)))
  } finally {
    await once(spawn('umount', [folder]), 'exit')
    rmdirSync(folder)
  }
})

test.needs(['root', 'linux'], 'a cgroup of the engine is seen in every hierarchy', () => {
  const hierarchy = ['/sys/fs/cgroup/freezer', '/sys/fs/cgroup'].find((path) => existsSync(path))
  const path = `${hierarchy}/isulad-test-host-snapshot`
  mkdirSync(path)
  try {
    assert.ok(hostSnapshot().includes(`cgroup ${path}`))
  } finally {
    rmdirSync(path)
  }
})

test.run()
