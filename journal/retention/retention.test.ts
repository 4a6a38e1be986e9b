/** Records leave the journal for archives, and every reader goes on seeing all of them. */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is, match, not, ok } from 'uvu/assert'
import { exitCodeFromJournal } from '../../adapters/rpc/containers/exit-book.ts'
import { readJournal } from '../../adapters/rpc/engine-service/journal-cursor.ts'
import { suite } from '../../properties/testing/suite.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { eventOfEnvelope } from '../engine/feed.ts'
import { explain } from '../explain/explain.ts'
import { replay } from '../fold/replay.ts'
import { stateHash } from '../fold/world-snapshot.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { archiveName, rangeOfName } from './archive-name.ts'
import { Archives } from './archives.ts'
import {
  archivesOf,
  assertOneChain,
  c1,
  c2,
  expiring,
  hexes,
  lived,
  objects,
} from '../../properties/contracts/retention-life.ts'
import { RetentionRig } from './testing/retention-rig.ts'

const test = suite('retention')
test('J4 journal and archives are one chain, and a reader sees all of it', async () => {
  const rig = await lived()
  const before = await rig.records()
  const report = await rig.retain()
  ok((report?.archived.length ?? 0) > 2, `${report?.archived.length} archives`)
  const base = await rig.store.base()
  ok(base.seq > before.length / 2)
  is(rig.journal.records()[0]?.seq, base.seq + 1, 'the journal itself begins behind the base')
  const after = await rig.records()
  assertOneChain(after)
  equal(hexes(after).slice(0, before.length), hexes(before))
  const middle: number[] = []
  for await (const { seq } of rig.store.read(base.seq - 3, base.seq + 2)) middle.push(seq)
  equal(
    middle,
    [-3, -2, -1, 0, 1, 2].map((n) => base.seq + n),
  )
})

test('J6 base and later events give the state of all events, in a new daemon too', async () => {
  const rig = await lived()
  const before = objects(rig.engine.world)
  await rig.retain()
  await rig.restart()
  is(objects(rig.engine.world), before)
  const quick = await replay(rig.store)
  const whole = await replay(rig.store, false)
  is(stateHash(quick.world), stateHash(whole.world))
  is(whole.folded, rig.store.head().seq)
  ok(quick.folded < whole.folded)
})

test('J6 a base whose bytes are damaged is made again from the archives', async () => {
  const rig = await lived()
  await rig.retain()
  const whole = await replay(rig.store, false)
  const store = {
    ...rig.store,
    base: async () => ({ ...(await rig.store.base()), state: undefined }),
  }
  const again = await replay({ ...store, latestSnapshot: () => Promise.resolve(undefined) })
  is(stateHash(again.world), stateHash(whole.world))
})

test('the story of a container is told through archives, also when it is long gone', async () => {
  const rig = await lived()
  const before = await explain(rig.store, c.containerNumber(10))
  await rig.retain()
  const after = await explain(rig.store, c.containerNumber(10))
  ok(E.isRight(after) && after.right.steps.length > 4)
  equal(after, before)
})

test('the front door reads events and exit codes through archives', async () => {
  const rig = await lived()
  const head = rig.store.head().seq
  await rig.retain()
  const { engine } = rig
  const seqs: number[] = []
  const options = { from: 1, follow: false, signal: new AbortController().signal }
  for await (const { seq } of readJournal(engine, options)) seqs.push(seq)
  equal(
    seqs.slice(0, head),
    Array.from({ length: head }, (_, i) => i + 1),
  )
  const codec = { envelope: decodeEnvelope, event: eventOfEnvelope }
  is(await exitCodeFromJournal(engine, codec, c.containerNumber(10)), 137)
})

test('I12 a request is remembered while the journal has its records, not longer', async () => {
  const rig = await lived()
  await rig.retain()
  is(await rig.store.sequenceOfRequest('first'), undefined)
  const answer = await rig.submit(c.start(c2), 'later')
  ok(E.isRight(answer))
  await rig.restart()
  equal(await rig.submit(c.start(c2), 'later'), answer)
  is(rig.host.calls.filter((call) => call === `start ${c2}`).length, 1)
  const again = await rig.submit(c.create(c1), 'first')
  ok(E.isLeft(again), 'it is decided anew: the container is there')
})

test('no record leaves before its time, and an engine at rest appends nothing for it', async () => {
  const rig = await lived()
  const head = rig.store.head().seq
  rig.requestMemoryMs = 1_000_000
  equal(await rig.retain(), { archived: [], deleted: [] })
  rig.requestMemoryMs = 0
  rig.journalBytes = 1
  equal(await rig.retain(), { archived: [], deleted: [] })
  is(rig.store.head().seq, head)
  rig.requestMemoryMs = 1_000_000
  rig.journalBytes = 2
  await rig.time.advance(1_000_001)
  ok(((await rig.retain())?.archived.length ?? 0) > 0)
  const settledAt = rig.store.head().seq
  for (let n = 0; n < 5; n += 1) await rig.retain()
  is(rig.store.head().seq, settledAt)
})

test('a passing container leaves no trace in the store once its records are archived', async () => {
  const rig = await lived()
  await rig.retain()
  const heads = await rig.store.streamHeads()
  ok(heads.has(`container:${c1}`), 'one that lives keeps the number of its newest event')
  not.ok(heads.has(`container:${c.containerNumber(10)}`))
  await rig.ok(c.stop(c1, 0))
  assertOneChain(await rig.records())
})

test('an archive with records of something that lives is never deleted', async () => {
  const rig = await expiring(new RetentionRig())
  const report = await rig.retain()
  equal(report?.deleted, [])
  assertOneChain(await rig.records())
})

test('the oldest archives go when all in them is gone, the newest stays', async () => {
  const rig = await expiring(new RetentionRig())
  await rig.retain()
  await rig.ok(c.remove(c1, true))
  await rig.ok(c.remove(c2, true))
  await rig.ok(c.removeImage(1))
  const report = await rig.retain()
  ok((report?.deleted.length ?? 0) > 1)
  is((await archivesOf(rig)).length, 1)
  const kept = await rig.records()
  const first = kept[0]?.seq ?? 0
  is(first, (report?.deleted.at(-1)?.to ?? 0) + 1)
  equal(
    kept.map(({ seq }) => seq),
    kept.map((_, i) => first + i),
    'what is kept is one piece',
  )
  await rig.restart()
  const whole = await replay(rig.store, false)
  is(stateHash(rig.engine.world), stateHash(whole.world))
  is(whole.folded, kept.length + 1)
})

test('J8 a flipped byte of an archive is never read over', async () => {
  const rig = await lived()
  await rig.retain()
  const [name = ''] = await rig.files.list()
  const bytes = Buffer.from(await rig.files.read(name))
  const whole = hexes(await rig.records())
  let seen = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ 0x10
    rig.files.put(name, flipped)
    const read = await rig.records().then(hexes, (error: unknown) => String(error))
    if (typeof read !== 'string') {
      // Few bits of gzip's own mean nothing (RFC 1952): the records are those that were written.
      equal(read, whole, `byte ${at}`)
      continue
    }
    match(read, new RegExp(`journal record 1: archive ${name}: `), `byte ${at}`)
    seen += 1
  }
  ok(seen > bytes.length - 20, `${seen} of ${bytes.length}`)
})

test('J8 an archive that is not there is missed where something older is', async () => {
  const rig = await lived()
  await rig.retain()
  const [first, second] = await rig.files.list()
  const range = rangeOfName(second ?? '')
  ok(first !== undefined && range !== undefined)
  const without = new Archives({
    list: async () => (await rig.files.list()).filter((name) => name !== archiveName(range)),
    read: rig.files.read,
  })
  const read = async (from: number): Promise<void> => {
    for await (const _ of without.read(from, (await rig.store.base()).seq)) void _
  }
  for (const from of [1, range.from, range.from + 1])
    match(
      await read(from).then(
        () => 'read',
        (error: unknown) => String(error),
      ),
      /no archive holds it, but older ones do|it does not continue/,
    )
})

test.run()
