/** Timelines, lanes, sentences and names of objects, told from a journal that an engine wrote. */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { idOfContainer, withSampleJournal } from '../../properties/audit/sample-journal.ts'
import { suite } from '../../properties/testing/suite.ts'
import { directoryJournal } from '../time-travel/directory-journal.ts'
import { recordsOf } from '../time-travel/proven.ts'
import { readEvents, type Records } from './container-streams.ts'
import { explainObject } from './explain-object.ts'
import { Lanes } from './lanes.ts'
import { findObject } from './objects.ts'
import { timeText } from './time-text.ts'
import { Timeline } from './timeline.ts'

const test = suite('stories')

const sampled = (body: (records: Records) => Promise<void>) => () =>
  withSampleJournal(async (root) => {
    const source = await directoryJournal(root)
    if (source === undefined) throw new Error('there is no journal')
    await body(
      recordsOf(source, (why) => {
        throw new Error(why)
      }),
    )
  })

test(
  'a timeline has a sentence for every event, and causes lie before',
  sampled(async (records) => {
    const timeline = new Timeline()
    for await (const event of readEvents(records)) {
      const { seq, what, kind, because, at } = timeline.entry(event)
      assert.ok(what !== kind, `${kind} has no sentence`)
      assert.ok(because.every((cause) => cause < seq))
      assert.ok(Date.parse(at) > 0)
    }
    assert.is(timeText(Number.MAX_VALUE), `${Number.MAX_VALUE} ms`)
  }),
)

test(
  'lanes: each span ends where the next begins, the last one is open while the container is there',
  sampled(async (records) => {
    const lanes = new Lanes()
    for await (const event of readEvents(records)) lanes.tell(event)
    const all = lanes.all()
    assert.equal(
      all.map((lane) => [lane.name, lane.spans.map((s) => s.state).join(' ')]),
      [
        ['web', 'inited starting running exited'],
        ['gone', 'inited removing'],
        ['idle', 'inited'],
      ],
    )
    for (const { spans } of all)
      for (const [i, span] of spans.slice(1).entries()) assert.is(spans[i]?.toSeq, span.fromSeq)
    assert.equal(
      all.map((lane) => lane.spans.at(-1)?.toSeq === undefined),
      [true, false, true],
    )
  }),
)

test(
  'objects are found by name, id, prefix and kind, or named as unknown',
  sampled(async (records) => {
    const web = `container:${idOfContainer(1)}`
    const image = `image:${'a'.repeat(64)}`
    for (const [given, stream] of [
      ['web', web],
      ['container:web', web],
      [idOfContainer(1), web],
      [idOfContainer(1).slice(0, 10), web],
      ['gone', `container:${idOfContainer(2)}`],
      ['busybox', image],
      ['busybox:latest', image],
      ['image:aaaa', image],
      [`image:sha256:${'a'.repeat(64)}`, image],
      ['layer:bb', `layer:${'b'.repeat(64)}`],
      ['bbbb', `layer:${'b'.repeat(64)}`],
      ['engine', 'engine'],
    ] as const)
      assert.equal(await findObject(records, given), E.right(stream))
    for (const given of ['', '0000', 'image:web', 'layer:', 'container:busybox', 'what:ever'])
      assert.ok(E.isLeft(await findObject(records, given)), given)
  }),
)

test(
  'every kind of object has a story',
  sampled(async (records) => {
    for (const [given, state] of [
      ['web', 'exited'],
      ['gone', 'removed'],
      ['busybox', 'stored'],
      ['layer:b', 'committed'],
      ['engine', 'stopped'],
    ] as const) {
      const story = await explainObject(records, given)
      if (E.isLeft(story)) throw new Error(story.left)
      assert.is(story.right.state, state)
      assert.ok(story.right.steps.length > 0 && story.right.why.length > 0, given)
    }
    assert.ok(E.isLeft(await explainObject(records, 'nobody')))
  }),
)

test.run()
