/** Readers of the journal miss nothing, and a slow one harms nobody. */
import { equal, is, match, ok, unreachable } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import type { Envelope } from '../record/envelope.ts'
import { Feed, readEnvelopes } from './feed.ts'
import type { RecordedEvent } from './recorded-event.ts'
import { EngineRig } from './testing/engine-rig.ts'
import { settled } from './testing/manual-time.ts'

const test = suite('feed')
const c1 = c.containerNumber(1)

const running = async (): Promise<EngineRig> => {
  const rig = await new EngineRig().open()
  await rig.ok(c.load(c.sampleImage(1)))
  await rig.ok(c.create(c1))
  return rig
}

interface Reader {
  readonly seqs: number[]
  readonly end: () => void
  readonly ended: Promise<void>
}

const follow = (rig: EngineRig, from: number): Reader => {
  const abort = new AbortController()
  const seqs: number[] = []
  const options = { from, follow: true, signal: abort.signal }
  const read = async (): Promise<void> => {
    for await (const e of readEnvelopes(rig.engine.store, rig.engine.feed, options))
      seqs.push(e.seq)
  }
  return { seqs, end: () => abort.abort(), ended: read() }
}

const upTo = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

test('R-56 a follower gets everything from its place on, without gap or repetition', async () => {
  const rig = await running()
  const reader = follow(rig, 1)
  // No turn is waited for: the catch-up and the live events overlap.
  const renames = [1, 2, 3, 4, 5].map((n) => rig.ok(c.rename(c1, `name-${n}`)))
  await Promise.all(renames)
  await rig.ok(c.start(c1))
  await settled()
  const last = rig.engine.store.head().seq
  equal(reader.seqs, upTo(1, last))
  reader.end()
  await reader.ended
})

test('R-56 a reader that comes back with its last number goes on where it was', async () => {
  const rig = await running()
  const first = follow(rig, 1)
  await settled()
  first.end()
  await first.ended
  await rig.ok(c.rename(c1, 'meanwhile'))
  await rig.restart()
  const from = (first.seqs.at(-1) ?? 0) + 1
  const second = follow(rig, from)
  await settled()
  await rig.ok(c.rename(c1, 'later'))
  await settled()
  equal([...first.seqs, ...second.seqs], upTo(1, rig.engine.store.head().seq))
  second.end()
  await second.ended
})

test('a follower from a number that is not there yet gets nothing before it', async () => {
  const rig = await running()
  const from = rig.engine.store.head().seq + 3
  const reader = follow(rig, from)
  await settled()
  for (const n of [1, 2, 3, 4]) await rig.ok(c.rename(c1, `name-${n}`))
  await settled()
  equal(reader.seqs, [from, from + 1])
  reader.end()
  await reader.ended
})

test('without follow the reading ends at the head', async () => {
  const rig = await running()
  const seqs: number[] = []
  const { store, feed } = rig.engine
  for await (const e of readEnvelopes(store, feed, { from: 2, follow: false })) seqs.push(e.seq)
  equal(seqs, upTo(2, store.head().seq))
})

test('events reach the feed only when they are durable', async () => {
  const rig = await running()
  const reader = follow(rig, 1)
  await settled()
  const before = reader.seqs.length
  rig.hold()
  void rig.submit(c.rename(c1, 'held'))
  await settled()
  is(reader.seqs.length, before)
  await rig.release()
  is(reader.seqs.length, before + 1)
  reader.end()
  await reader.ended
})

const synthetic = (seq: number): RecordedEvent => {
  const envelope: Envelope = {
    ...{ seq, at: 0, mono: 0, boot: 'b', actor: '', request: '', causation: 0 },
    ...{ stream: 'engine', streamSeq: seq, kind: 'EngineStopped', v: 1, payload: { signal: '' } },
  }
  return { envelope, event: { _tag: 'EngineStopped', v: 1, signal: '' } }
}

test('R-55 a reader that does not read is cut and told so; publishing goes on', async () => {
  const rig = await running()
  const feed = new Feed()
  const from = rig.engine.store.head().seq + 1
  const reader = readEnvelopes(rig.engine.store, feed, { from, follow: true })
  const first = reader.next()
  await settled()
  for (let n = 0; n < 100_010; n += 1) feed.publish(synthetic(from + n))
  const got = await first
  is(got.done === true ? undefined : got.value.seq, from)
  let read = 1
  try {
    for await (const _ of reader) read += 1
    unreachable('it was not cut')
  } catch (error) {
    match(String(error), /too slow/)
  }
  ok(read >= 100_000 && read < 100_010, `${read} read`)
})

test('a hole in what is published ends the reading instead of being passed over', async () => {
  const rig = await running()
  const feed = new Feed()
  const reader = readEnvelopes(rig.engine.store, feed, { from: 1, follow: true })
  const seqs: number[] = []
  const head = rig.engine.store.head().seq
  const reading = (async (): Promise<string> => {
    try {
      for await (const e of reader) seqs.push(e.seq)
      return 'ended'
    } catch (error) {
      return String(error)
    }
  })()
  await settled()
  feed.publish(synthetic(head + 2))
  match(await reading, /gap before/)
  equal(seqs, upTo(1, head))
})

test.run()
