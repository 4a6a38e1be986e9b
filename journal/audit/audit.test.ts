/** Verdicts on sound and on damaged journals, and on hosts that differ from them. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as assert from 'uvu/assert'
import { openEngine } from '../../adapters/rpc/testing/door-with-engine.ts'
import { boot, sampleContainer } from '../../adapters/rpc/testing/sample-container.ts'
import { diffId } from '../../domain/identity.ts'
import type { HostObservation } from '../../domain/ports/observation.ts'
import { suite } from '../../properties/testing/suite.ts'
import { Engine } from '../engine/engine.ts'
import { eventOfEnvelope } from '../engine/feed.ts'
import { takeSnapshot } from '../fold/world-snapshot.ts'
import { World } from '../fold/world.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { StoredRecord } from '../store/journal-store.ts'
import { memoryJournal } from '../store/memory-store.ts'
import { audit, type AuditParts } from './audit.ts'
import type { WalkedStore } from './walk.ts'
import type { AuditVerdict } from './verdict.ts'

const test = suite('audit')
const code = {
  open: Engine.open.bind(Engine),
  memoryJournal,
  codec: { envelope: decodeEnvelope, event: eventOfEnvelope },
}
const client = { actor: 'uid:0/pid:7', requestId: '', causation: 0 }
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

/** An engine with one image. */
const withEngine = async (body: (engine: Engine) => Promise<void>): Promise<void> => {
  const { engine } = await openEngine(code)
  const { image, layers } = sampleContainer(1)
  const [layer] = layers
  if (layer === undefined) return assert.unreachable()
  const source = { archive: '/a', entry: 'b' }
  const archived = {
    id: image.id,
    config: '{}',
    references: ['busybox:latest'],
    layers: [{ layer, diff: diffId('d'.repeat(64)), source }],
  }
  const loaded = await engine.submit(
    { _tag: 'LoadImage', image: archived, references: archived.references, origin: '/a' },
    client,
  )
  assert.ok(E.isRight(loaded))
  try {
    await body(engine)
  } finally {
    engine.abandon()
  }
}

const partsOf = (engine: Engine, change: Partial<AuditParts> = {}): AuditParts => ({
  store: () => engine.store,
  live: () => engine.world,
  nonce: 'test',
  pause,
  ...change,
})

const failed = (verdict: AuditVerdict): string[] =>
  verdict.checks.filter((c) => !c.ok).map((c) => c.name)

/** The same journal with one record changed on the way out. */
const tampered = (store: WalkedStore, seq: number, change: (bytes: Buffer) => Buffer) => ({
  ...store,
  head: () => store.head(),
  latestSnapshot: () => store.latestSnapshot(),
  read: async function* (from: number): AsyncGenerator<StoredRecord> {
    for await (const record of store.read(from))
      yield record.seq === seq ? { ...record, bytes: change(Buffer.from(record.bytes)) } : record
  },
})

test('a sound journal is clean, with a snapshot too (J4, J6)', () =>
  withEngine(async (engine) => {
    assert.equal(failed(await audit(partsOf(engine))), [])
    const head = engine.store.head()
    await engine.store.putSnapshot({ ...head, bytes: takeSnapshot(engine.world, 0) })
    const verdict = await audit(partsOf(engine))
    assert.ok(verdict.ok)
    assert.match(JSON.stringify(verdict.checks), `the snapshot at ${head.seq}`)
  }))

test('one changed byte is found and named (J4)', () =>
  withEngine(async (engine) => {
    const store = tampered(engine.store, 2, (bytes) => {
      bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1
      return bytes
    })
    const verdict = await audit(partsOf(engine, { store: () => store }))
    assert.ok(failed(verdict).includes('chain'))
    assert.ok(verdict.findings.some((f) => f.check === 'chain' && f.subject === 'record 2'))
  }))

test('another nonce than the genesis is found', () =>
  withEngine(async (engine) => {
    const verdict = await audit(partsOf(engine, { nonce: 'other' }))
    assert.ok(failed(verdict).includes('chain'))
  }))

test('a hole in the sequence is found', () =>
  withEngine(async (engine) => {
    const store = {
      ...tampered(engine.store, 0, (bytes) => bytes),
      read: async function* (from: number): AsyncGenerator<StoredRecord> {
        for await (const record of engine.store.read(from)) if (record.seq !== 2) yield record
      },
    }
    assert.ok(failed(await audit(partsOf(engine, { store: () => store }))).includes('density'))
  }))

test('a snapshot that is not the fold is found (J6)', () =>
  withEngine(async (engine) => {
    const head = engine.store.head()
    await engine.store.putSnapshot({ ...head, bytes: takeSnapshot(new World(), 0) })
    const verdict = await audit(partsOf(engine))
    assert.equal(failed(verdict), ['replay'])
    assert.is(verdict.findings[0]?.subject, `snapshot at ${head.seq}`)
  }))

test('a live state that is not the fold is found (J6)', () =>
  withEngine(async (engine) => {
    assert.equal(failed(await audit(partsOf(engine, { live: () => new World() }))), ['replay'])
  }))

test('a store that cannot be read is a finding, not a crash', () =>
  withEngine(async (engine) => {
    const store = {
      ...tampered(engine.store, 0, (bytes) => bytes),
      read: async function* (): AsyncGenerator<StoredRecord> {
        yield* engine.store.read(1, 1)
        throw new Error('record 2 is damaged')
      },
    }
    const verdict = await audit(partsOf(engine, { store: () => store }))
    assert.ok(verdict.findings.some((f) => f.detail === 'record 2 is damaged'))
  }))

const observing = (change: Partial<HostObservation>): Partial<AuditParts> => ({
  observe: {
    observe: () => {
      const nothing = { containers: {}, layers: [], volumes: [], strangers: [] }
      return TE.right({ boot, wallMs: 0, ...nothing, ...change })
    },
  },
})

test('the host is compared with the state: lost layers, orphans, strangers (I11)', () =>
  withEngine(async (engine) => {
    const [layer] = engine.world.layers.keys()
    if (layer === undefined) return assert.unreachable()
    const clean = await audit(partsOf(engine, observing({ layers: [layer] })))
    assert.equal(failed(clean), [])
    const lost = await audit(partsOf(engine, observing({})))
    assert.is(lost.findings[0]?.detail, 'its directory is missing')
    const strangers = [{ kind: 'mount', name: '/x' } as const]
    const strange = await audit(partsOf(engine, observing({ layers: [layer], strangers })))
    assert.equal([strange.ok, strange.findings[0]?.subject], [false, 'mount /x'])
  }))

test.run()
