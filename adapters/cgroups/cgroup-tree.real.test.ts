/** A removal in several hierarchies answers once, after the last of them. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { errnoOf } from '../errors/errno.ts'
import { mount, unmount } from '../kernel/mount.ts'
import { removeTrees } from './cgroup-tree.ts'

const test = suite('cgroup trees')
const dir = mkdtempSync(`${tmpdir()}/isulad-test-`)
test.after(() => rmSync(dir, { recursive: true }))

/** rmdir(2) refuses a mount point with `EBUSY`, as it refuses a cgroup that is in use. */
const busyFor = (path: string, ms: number): Promise<void> => {
  mkdirSync(path)
  const call = { source: 'none', target: path, type: 'tmpfs', flags: 0, options: '' }
  assert.ok(mount(call).ok)
  return sleep(ms).then(() => assert.ok(unmount(path).ok))
}

test.needs(['root'], 'a refusal waits until nothing is tried any more elsewhere', async () => {
  const [refusing, busy] = [`${dir}/refusing`, `${dir}/busy`]
  mkdirSync(refusing)
  writeFileSync(`${refusing}/file`, '')
  const freed = busyFor(busy, 50)
  const error: unknown = await removeTrees([refusing, busy]).catch((e: unknown) => e)
  const gone = !existsSync(busy)
  await freed
  assert.is(errnoOf(error), 'ENOTEMPTY')
  assert.ok(gone, 'the busy one is still being removed')
})

test.run()
