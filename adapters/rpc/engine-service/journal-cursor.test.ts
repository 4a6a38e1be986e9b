/** Readers of the journal miss nothing, and one that does not read harms nobody. */
import { equal, is } from 'uvu/assert'
import { EngineRig } from '../../../journal/engine/testing/engine-rig.ts'
import { settled } from '../../../journal/engine/testing/manual-time.ts'
import { suite } from '../../../properties/testing/suite.ts'
import * as c from '../../../simulator/run/sample-commands.ts'
import { readJournal, type CursorOptions } from './journal-cursor.ts'

const test = suite('journal cursor')
const c1 = c.containerNumber(1)

const running = async (): Promise<EngineRig> => {
  const rig = await new EngineRig().open()
  await rig.ok(c.load(c.sampleImage(1)))
  await rig.ok(c.create(c1))
  return rig
}

interface Reader {
  readonly seqs: number[]
  readonly end: () => Promise<void>
}

const read = (rig: EngineRig, options: Partial<CursorOptions> = {}): Reader => {
  const abort = new AbortController()
  const seqs: number[] = []
  const wanted = { from: 1, follow: true, signal: abort.signal, ...options }
  const reading = (async (): Promise<void> => {
    for await (const record of readJournal(rig.engine, wanted)) seqs.push(record.seq)
  })()
  return {
    seqs,
    end: () => {
      abort.abort()
      return reading
    },
  }
}

const upTo = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

test('R-56 a follower gets everything from its place on, without gap or repetition', async () => {
  const rig = await running()
  const reader = read(rig)
  // No turn is waited for: the catch-up and the live events overlap.
  await Promise.all([1, 2, 3, 4, 5].map((n) => rig.ok(c.rename(c1, `name-${n}`))))
  await rig.ok(c.start(c1))
  await settled()
  equal(reader.seqs, upTo(1, rig.engine.store.head().seq))
  await reader.end()
})

test('R-56 a reader that comes back with its last number goes on where it was', async () => {
  const rig = await running()
  const first = read(rig)
  await settled()
  await first.end()
  await rig.ok(c.rename(c1, 'meanwhile'))
  await rig.restart()
  const second = read(rig, { from: (first.seqs.at(-1) ?? 0) + 1 })
  await settled()
  await rig.ok(c.rename(c1, 'later'))
  await settled()
  equal([...first.seqs, ...second.seqs], upTo(1, rig.engine.store.head().seq))
  await second.end()
})

test('a follower from a number that is not there yet gets nothing before it', async () => {
  const rig = await running()
  const from = rig.engine.store.head().seq + 3
  const reader = read(rig, { from })
  await settled()
  for (const n of [1, 2, 3, 4]) await rig.ok(c.rename(c1, `name-${n}`))
  await settled()
  equal(reader.seqs, [from, from + 1])
  await reader.end()
})

test('without follow the reading ends at the head; below 1 is the beginning', async () => {
  const rig = await running()
  const { signal } = new AbortController()
  const seqs: number[] = []
  for await (const { seq } of readJournal(rig.engine, { from: -4, follow: false, signal }))
    seqs.push(seq)
  equal(seqs, upTo(1, rig.engine.store.head().seq))
})

test('events reach a follower only when they are durable', async () => {
  const rig = await running()
  const reader = read(rig)
  await settled()
  const before = reader.seqs.length
  rig.hold()
  void rig.submit(c.rename(c1, 'held'))
  await settled()
  is(reader.seqs.length, before)
  await rig.release()
  is(reader.seqs.length, before + 1)
  await reader.end()
})

test('R-55 a reader that pauses keeps nobody waiting and loses nothing', async () => {
  const rig = await running()
  const abort = new AbortController()
  const reader = readJournal(rig.engine, { from: 1, follow: true, signal: abort.signal })
  const first = await reader.next()
  for (let n = 0; n < 50; n += 1) await rig.ok(c.rename(c1, `name-${n}`))
  const head = rig.engine.store.head().seq
  const seqs = [first.done === true ? 0 : first.value.seq]
  for await (const { seq } of reader) {
    seqs.push(seq)
    if (seq === head) abort.abort()
  }
  equal(seqs, upTo(1, head))
})

test.run()
