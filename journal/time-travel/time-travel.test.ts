/** Past states, differences and redacted slices of a journal that an engine wrote. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { idOfContainer, secrets, withSampleJournal } from '../../properties/audit/sample-journal.ts'
import { suite } from '../../properties/testing/suite.ts'
import { statusWord } from '../../domain/container/state.ts'
import { verifySource } from '../audit/verify-source.ts'
import { directoryJournal } from './directory-journal.ts'
import { canonicalState } from '../fold/world-snapshot.ts'
import type { World } from '../fold/world.ts'
import { difference } from './difference.ts'
import { foldTo } from './fold-to.ts'
import { objectsOf } from './objects-of.ts'
import { Placeholders } from './placeholders.ts'
import { parsePosition, sequenceAt } from './position.ts'
import { redactWorld } from './redact-world.ts'
import { sliceJournal } from './slice-journal.ts'
import type { JournalSource } from './source.ts'
import { writeSlice } from './write-slice.ts'

const test = suite('time travel')

const neverStops = (why: string): void => assert.fail(why)

const sampled = (body: (source: JournalSource, root: string) => Promise<void>) => () =>
  withSampleJournal(async (root) => {
    const source = await directoryJournal(root)
    assert.ok(source !== undefined)
    await body(source, root)
  })

const past = async (source: JournalSource, seq: number) => {
  const state = await foldTo(source, seq, neverStops)
  if (E.isLeft(state)) return assert.fail(state.left)
  return state.right
}

test('positions: numbers, times, the end, and nothing else', () => {
  const seq = (n: number) => E.right({ _tag: 'Seq', seq: n })
  assert.deepEqual(parsePosition('17'), seq(17))
  assert.deepEqual(parsePosition('#17'), seq(17))
  assert.deepEqual(parsePosition('head'), E.right({ _tag: 'Head' }))
  const wallMs = Date.UTC(2024, 4, 1, 12)
  const time = E.right({ _tag: 'Time', wallMs })
  for (const text of ['2024-05-01T12:00:00Z', '2024-05-01 14:00+02:00', '2024-05-01T12:00:00.000Z'])
    assert.deepEqual(parsePosition(text), time)
  for (const text of ['', 'now', '-1', '2024-13-45', '1e3', 'Infinity'])
    assert.ok(E.isLeft(parsePosition(text)), text)
})

test(
  'a time means the newest record that is not younger',
  sampled(async (source) => {
    const { wallMs = 0 } = await past(source, 8)
    const found = await sequenceAt(source, { _tag: 'Time', wallMs }, neverStops)
    assert.ok(found >= 8)
    assert.equal((await past(source, found)).wallMs, wallMs)
    assert.equal(await sequenceAt(source, { _tag: 'Time', wallMs: 1 }, neverStops), 0)
    assert.equal(await sequenceAt(source, { _tag: 'Head' }, neverStops), 22)
  }),
)

test(
  'J6 the state at the end is that of the snapshot, and each step changes what its event says',
  sampled(async (source) => {
    const end = await past(source, 22)
    assert.equal(end.seq, 22)
    for (let seq = 1; seq <= 22; seq += 1) {
      const [from, to] = [await past(source, seq - 1), await past(source, seq)]
      const changes = difference(objectsOf(from.world), objectsOf(to.world))
      assert.ok(changes.length <= 1, `record ${seq} changes ${JSON.stringify(changes)}`)
    }
    assert.ok(E.isLeft(await foldTo(source, 23, neverStops)))
  }),
)

test('differences name members, lists and what is not there', () => {
  const from = new Map([
    ['a', { x: 1, y: { z: [1, 2], w: null }, s: 'same' }],
    ['b', { x: 1 }],
  ])
  const to = new Map<string, object>([
    ['a', { x: 2, y: { z: [1, 3, 4] }, s: 'same' }],
    ['c', {}],
  ])
  const changes = difference(from, new Map([...to].map(([k, v]) => [k, { ...v }])))
  assert.deepEqual(
    changes.map((c) => [c.object, c.change]),
    [
      ['a', 'changed'],
      ['b', 'vanished'],
      ['c', 'appeared'],
    ],
  )
  assert.deepEqual(changes[0]?.members, [
    { path: 'x', from: 1, to: 2 },
    { path: 'y.z[1]', from: 2, to: 3 },
    { path: 'y.z[2]', from: undefined, to: 4 },
    { path: 'y.w', from: null, to: undefined },
  ])
})

const written = async (source: JournalSource, path: string, from: number, to: number) => {
  const lines: string[] = []
  const slice = await writeSlice(source, { from, to }, async (line) => void lines.push(line))
  if (E.isLeft(slice)) return assert.fail(slice.left)
  const text = `${lines.join('\n')}\n`
  await writeFile(path, text)
  return { ...slice.right, text }
}

test(
  'J6 every slice tells no secret and replays to the state that the journal has there, redacted',
  sampled(async (source, root) => {
    const path = join(root, 'slice')
    for (const [from, to] of [
      [1, 22],
      [1, 6],
      [9, 15],
      [22, 22],
      [16, 30],
    ] as const) {
      const { stateHash, text } = await written(source, path, from, to)
      for (const secret of secrets) assert.ok(!text.includes(secret), secret)
      const slice = await sliceJournal(path)
      assert.ok(slice !== undefined)
      assert.deepEqual([slice.findings, slice.stateHash], [[], stateHash])
      const [original, copy] = [
        await past(source, Math.min(to, 22)),
        await past(slice, Math.min(to, 22)),
      ]
      assert.equal(copy.hash, stateHash)
      const status = ({ world }: typeof copy) =>
        [...world.containers.values()].map((c) => [c.id, c.name, statusWord(c), c.lastRun])
      assert.deepEqual(status(copy), status(original))
      // Placeholders are numbered as they come, and a state comes at once.
      const unnumbered = (world: World): string =>
        canonicalState(world).replaceAll(/redacted-([a-z]+)-\d+/g, '$1')
      const redacted = redactWorld(new Placeholders(), original.world)
      assert.equal(unnumbered(copy.world), unnumbered(redacted))
    }
    const web = (await past(source, 22)).world.container(idOfContainer(1))
    assert.ok(JSON.stringify(web?.process).includes('hunter2'), 'the original is untouched')
  }),
)

test(
  'J8 every change of a line of a slice is found',
  sampled(async (source, root) => {
    const path = join(root, 'slice')
    const { text } = await written(source, path, 3, 22)
    const lines = text.trim().split('\n')
    const swapped = (i: number): string[] =>
      lines.with(i, lines[i + 1] ?? '').with(i + 1, lines[i] ?? '')
    const changes: ReadonlyArray<ReadonlyArray<string>> = [
      lines.toSpliced(5, 1),
      lines.toSpliced(5, 0, lines[5] ?? ''),
      lines.slice(0, -1),
      lines.slice(0, -2),
      [...lines, lines.at(-1) ?? ''],
      lines.toSpliced(3, 0, 'not a line'),
      lines.toSpliced(3, 0, lines[0] ?? ''),
      lines.with(0, (lines[0] ?? '').replace(/[0-9a-f]{64}\\n/, `${'0'.repeat(64)}\\n`)),
      swapped(8),
    ]
    for (const [i, changed] of changes.entries()) {
      await writeFile(path, `${changed.join('\n')}\n`)
      const slice = await sliceJournal(path)
      assert.ok(slice !== undefined)
      const { findings } = await verifySource(slice)
      assert.ok(findings.length > 0, `change ${i}`)
    }
    await writeFile(path, lines.slice(1).join('\n'))
    assert.equal(await sliceJournal(path), undefined)
    assert.ok((await readFile(path, 'utf8')).length > 0)
  }),
)

test('placeholders are stable, tell nothing, and reach into messages', () => {
  const p = new Placeholders()
  assert.equal(p.of('env', 'hunter2'), 'redacted-env-1')
  assert.equal(p.of('env', 'other'), 'redacted-env-2')
  assert.equal(p.of('env', 'hunter2'), 'redacted-env-1')
  assert.equal(p.of('path', '/srv/x'), '/redacted-path-1')
  assert.equal(p.of('path', '/srv/x/hunter2'), '/redacted-path-2')
  assert.equal(p.of('env', ''), '')
  assert.equal(
    p.inText('open /srv/x/hunter2: hunter2 is no file'),
    'open /redacted-path-2: redacted-env-1 is no file',
  )
})

test.run()
