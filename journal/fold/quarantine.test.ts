/** One unreadable event puts its own stream out of use; everything else goes on. */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is, match, ok } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { EngineRig } from '../engine/testing/engine-rig.ts'
import { encodeEnvelope } from '../record/envelope-codec.ts'
import { chainHash } from '../record/hash-chain.ts'
import { replay } from './replay.ts'

const test = suite('quarantine')
const c1 = c.containerNumber(1)
const c2 = c.containerNumber(2)

interface Strange {
  readonly kind: string
  readonly v: number
  readonly stream: string
  readonly payload: Record<string, unknown>
}

/** Appends what another engine version might have written, with a right chain. */
const appendStrange = async (rig: EngineRig, strange: Strange): Promise<void> => {
  const { store } = rig
  const head = store.head()
  const seq = head.seq + 1
  const streamSeq = ((await store.streamHeads()).get(strange.stream) ?? 0) + 1
  const bytes = encodeEnvelope({
    ...{ seq, at: 1, mono: 1, boot: 'boot-1', actor: 'engine', request: '', causation: 0 },
    ...strange,
    streamSeq,
  })
  const hash = chainHash(head.hash, bytes)
  await store.append([{ seq, hash, bytes, stream: strange.stream, streamSeq }])
}

const twoRunning = async (): Promise<EngineRig> => {
  const rig = await new EngineRig().open()
  await rig.ok(c.load(c.sampleImage(1)))
  for (const id of [c1, c2]) {
    await rig.ok(c.create(id))
    await rig.ok(c.start(id))
  }
  rig.kill()
  return rig
}

const strangers: ReadonlyArray<readonly [string, Strange, RegExp]> = [
  [
    'an unknown kind',
    { kind: 'ContainerTeleported', v: 1, stream: `container:${c1}`, payload: { id: c1 } },
    /unknown event kind ContainerTeleported/,
  ],
  [
    'a newer version',
    { kind: 'ContainerRenamed', v: 9, stream: `container:${c1}`, payload: { id: c1 } },
    /ContainerRenamed has version 9/,
  ],
  [
    'a wrong payload',
    { kind: 'ContainerRenamed', v: 1, stream: `container:${c1}`, payload: { id: c1, name: 7 } },
    /name/,
  ],
]

for (const [what, strange, reason] of strangers)
  test(`R-63 R-11 ${what} puts only its own container out of use`, async () => {
    const rig = await twoRunning()
    await appendStrange(rig, strange)
    await rig.open()
    match(rig.engine.world.quarantined(`container:${c1}`) ?? '', reason)
    for (const command of [c.stop(c1), c.remove(c1, true), c.rename(c1, 'x'), c.start(c1)]) {
      const result = await rig.submit(command)
      ok(E.isLeft(result))
      is(result.left._tag, 'Quarantined')
    }
    rig.host.calls.length = 0
    await rig.ok(c.remove(c2, true))
    await rig.ok(c.create(c2))
    await rig.time.advance(60_000)
    equal(
      rig.host.calls.filter((call) => call.includes(c1)),
      [],
      'nothing is done to it',
    )
    is(rig.engine.world.container(c1)?.phase._tag, 'Running', 'its last known state is shown')
  })

test('a quarantined stream stays so through snapshots and restarts', async () => {
  const rig = await twoRunning()
  await appendStrange(rig, strangers[0]?.[1] ?? strangeImage)
  await rig.open()
  await rig.engine.stop('SIGTERM')
  await rig.restart()
  ok(rig.engine.world.quarantined(`container:${c1}`) !== undefined)
  is((await replay(rig.store)).world.quarantine.size, 1)
})

const strangeImage: Strange = {
  kind: 'ImageDreamt',
  v: 1,
  stream: `image:${c.imageNumber(1)}`,
  payload: {},
}

test('R-63 an unreadable image leaves containers and other images at work', async () => {
  const rig = await twoRunning()
  await appendStrange(rig, strangeImage)
  await rig.open()
  const removal = await rig.submit(c.removeImage(1))
  ok(E.isLeft(removal))
  is(removal.left._tag, 'Quarantined')
  await rig.ok(c.load(c.sampleImage(2)))
  await rig.ok(c.create(c.containerNumber(3), { image: 2 }))
  await rig.ok(c.stop(c1))
})

test('the engine stream is not out of use because of a kind that it cannot read', async () => {
  const rig = await twoRunning()
  await appendStrange(rig, { kind: 'EngineDreamt', v: 1, stream: 'engine', payload: {} })
  await rig.open()
  await rig.restart()
  await rig.ok(c.stop(c1))
})

test.run()
