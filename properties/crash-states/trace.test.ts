/** The trace tells everything that happened, and the models bite where a sync is left out. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from '../testing/suite.ts'
import { finalDigest, type Explored } from './explore.ts'
import { inScratch } from './scratch.ts'
import { readTrace, UnreadableTrace, type TraceItem } from './strace-log.ts'
import { exploreTrace, totals, type Effort } from './survey.ts'
import { traced } from './trace.ts'

const test = suite('crash state traces')

const filesBelow = (root: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        const digest = createHash('sha256').update(readFileSync(path)).digest('hex')
        return [path.slice(root.length + 1), digest]
      }),
  )

const inOrder = (files: ReadonlyMap<string, string>): ReadonlyArray<readonly [string, string]> =>
  [...files].sort(([a], [b]) => (a < b ? -1 : 1))

test.needs(
  ['linux', 'program:strace'],
  'the files rebuilt from a trace are those that the program left, byte for byte',
  () =>
    traced(['reopenings', 'fail-stop', 'torn-start', 'unfinished-start'], async (traces) => {
      for (const { items, root } of traces)
        assert.deepEqual(inOrder(finalDigest(items)), inOrder(filesBelow(root)))
      return Promise.resolve()
    }),
)

const dropping =
  (dropped: (path: string) => boolean): NonNullable<Effort['change']> =>
  (items) => {
    const tickets = new Set<number>()
    return items.filter((item) => {
      if (item._tag === 'said') return true
      const { operation } = item
      if (operation._tag === 'sync-begun' && dropped(operation.path)) tickets.add(operation.ticket)
      return !('ticket' in operation) || !tickets.has(operation.ticket)
    })
  }

const exploredWithout = (dropped: (path: string) => boolean): Promise<Explored> =>
  traced(['reopenings'], ([trace]) =>
    inScratch((scratch) => {
      if (trace === undefined) throw new Error('no trace')
      const effort = { cuts: 1, garbages: 0, seed: 1, reopenEvery: 1_000, every: 2 }
      return exploreTrace(trace, { ...effort, change: dropping(dropped) }, scratch)
    }),
  )

const caught = (explored: Explored): ReadonlySet<string> =>
  new Set(explored.violations.map(({ model }) => model))

test.needs(
  ['linux', 'program:strace'],
  'J2 without the syncs of directories acknowledged records are lost where names need one',
  async () => {
    const explored = await exploredWithout((path) => path === 'journal' || path === '')
    assert.ok(totals([explored]).violations.length > 0)
    assert.deepEqual([...caught(explored)], ['synced-names', 'own-name'])
  },
)

test.needs(
  ['linux', 'program:strace'],
  'J2 without the syncs of logs acknowledged records are lost where bytes need one',
  async () => {
    const explored = await exploredWithout((path) => path.endsWith('.log'))
    assert.ok(caught(explored).has('synced-bytes'))
  },
)

const hex = (text: string): string =>
  [...Buffer.from(text)].map((b) => `\\x${b.toString(16).padStart(2, '0')}`).join('')

const operations = (items: ReadonlyArray<TraceItem>): ReadonlyArray<string> =>
  items.map((item) => (item._tag === 'said' ? `said ${item.line}` : item.operation._tag))

test('a sync that another thread interrupts covers what was there when it began', () => {
  const a = hex('/r/a')
  const lines = [
    `1 openat(AT_FDCWD<${hex('/')}>, "${a}", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 5<${a}>`,
    `1 write(5<${a}>, "\\x61", 1) = 1`,
    `1 fdatasync(5<${a}> <unfinished ...>`,
    `2 write(5<${a}>, "\\x62", 1) = 1`,
    `1 <... fdatasync resumed>) = 0`,
    `1 write(7<${hex('/voice')}>, "${hex('ack 1\n')}", 6) = 6`,
    `1 write(1<${hex('pipe:[1]')}>, "\\x78", 1) = 1`,
    `1 fsync(5<${a}>) = -1 EIO (Input/output error)`,
  ]
  const items = readTrace(lines.join('\n'), { root: '/r', voice: '/voice' })
  assert.deepEqual(operations(items), [
    ...['create', 'write', 'sync-begun', 'write', 'synced', 'said ack 1'],
  ])
})

test('a call that is not modelled is an error where it touches a traced file', () => {
  const paths = { root: '/r', voice: '/voice' }
  const call = (path: string): string => `1 fallocate(5<${hex(path)}>, 0, 0, 10) = 0`
  assert.deepEqual(readTrace(call('/elsewhere'), paths), [])
  assert.throws(() => readTrace(call('/r/a'), paths), UnreadableTrace)
})

test.run()
