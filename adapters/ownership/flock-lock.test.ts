/** The journal's lock: one owner, known to the others, and gone with its process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { holderText, parseHolder } from '../../journal/forensic/holder.ts'
import type { Ownership, OwnershipRefusal } from '../../journal/open/ownership.ts'
import { suite } from '../../properties/testing/suite.ts'
import { identityOf } from '../kernel/proc.ts'
import { flockLock } from './flock-lock.ts'

const test = suite('ownership lock')
const lock = flockLock({ write: holderText, read: parseHolder })
const program = join(import.meta.dirname, 'fixtures/hold-lock.ts')

let folder = ''
const children: Array<ChildProcess> = []
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
})
test.afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const acquire = (path: string): Promise<Either<OwnershipRefusal, Ownership>> => {
  const self = identityOf(process.pid)
  if (self === undefined) throw new Error('/proc does not show this process')
  return lock.acquire(path, self)
}

/** Resolves with the process once it holds the lock. */
const holder = async (path: string): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['--import', 'tsx', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const said = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => resolve(String(data))),
  )
  assert.is(said, 'Right\n')
  return child
}

test.needs(['linux'], 'R-31: a second owner is refused and told who the first one is', async () => {
  const path = join(folder, 'journal.lock')
  const child = await holder(path)
  assert.equal(await acquire(path), {
    _tag: 'Left',
    left: { _tag: 'HeldBy', holder: identityOf(child.pid ?? -1) },
  })
})

test.needs(['linux'], 'R-30: the lock dies with its process, its file stays', async () => {
  const path = join(folder, 'journal.lock')
  const child = await holder(path)
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.is(existsSync(path), true)
  assert.is(statSync(path).mode & 0o777, 0o600)
  const taken = await acquire(path)
  assert.is(taken._tag, 'Right')
  if (taken._tag === 'Right') await taken.right.release()
})

test.needs(
  ['linux'],
  'a lock that was released can be taken again, even twice released',
  async () => {
    const path = join(folder, 'journal.lock')
    const first = await acquire(path)
    assert.is(first._tag, 'Right')
    if (first._tag === 'Right') {
      await first.right.release()
      await first.right.release()
    }
    const second = await acquire(path)
    assert.is(second._tag, 'Right')
    if (second._tag === 'Right') await second.right.release()
  },
)

test.needs(['linux'], 'a lock file that cannot be made is a refusal, not a crash', async () => {
  const refused = await acquire(join(folder, 'absent/journal.lock'))
  assert.is(refused._tag === 'Left' ? refused.left._tag : 'taken', 'LockFailed')
})

test.run()
