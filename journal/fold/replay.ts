/** Folds the journal into a world; an unreadable event puts only its own stream out of use (I8). */
import * as E from 'fp-ts/lib/Either.js'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { Envelope } from '../record/envelope.ts'
import { decodeEvent } from '../record/event-codec.ts'
import type { Base, JournalStore } from '../store/journal-store.ts'
import { envelopeTime, type RecordedEvent } from '../engine/recorded-event.ts'
import { restoreSnapshot } from './world-snapshot.ts'
import { World } from './world.ts'

export interface Replayed {
  readonly world: World
  /** Wall time of the newest event, ms; 0 for an empty journal. */
  readonly lastWallMs: number
  /** Events that were folded; fewer than the journal holds when a snapshot was used. */
  readonly folded: number
  readonly latestSeq: number
}

/** Folds one envelope; answers the event, or undefined when its stream is (now) out of use. */
export const foldEnvelope = (world: World, envelope: Envelope): RecordedEvent | undefined => {
  if (world.quarantine.has(envelope.stream)) return undefined
  const decoded = decodeEvent(envelope.kind, envelope.v, envelope.payload)
  if (E.isLeft(decoded)) {
    world.quarantine.set(envelope.stream, `event ${envelope.seq}: ${decoded.left.reason}`)
    return undefined
  }
  world.apply(world.evolve(decoded.right, envelopeTime(envelope)))
  return { envelope, event: decoded.right }
}

/** A world from which a fold can go on. */
export interface FoldStart {
  readonly world: World
  readonly lastWallMs: number
  /** The newest record that is in it; 0: none. */
  readonly seq: number
  /** False: it is empty although there were records before; see `oldestStart`. */
  readonly whole: boolean
}

const restored = (seq: number, state: Uint8Array | undefined): FoldStart | undefined => {
  const found = state === undefined ? undefined : restoreSnapshot(state)
  return found === undefined ? undefined : { ...found, seq, whole: true }
}

const empty = (seq: number): FoldStart => ({
  world: new World(),
  lastWallMs: 0,
  seq,
  whole: seq === 0,
})

const noBase: Base = { seq: 0, hash: new Uint8Array(), state: undefined }

/**
 * Before the oldest record that can be read. Where the state that stood there has a shape of the
 * past, an empty world does: an archive goes only when nothing that lives has a record in it.
 */
export const oldestStart = async (store: JournalStore): Promise<FoldStart> => {
  const base = (await store.base?.()) ?? noBase
  const start = (await store.start?.()) ?? base
  const found = restored(start.seq, start.state)
  if (found !== undefined) return found
  if (start.seq > 0 && start.seq === base.seq)
    throw new Error(`the fold of the records up to ${base.seq} is unreadable, and so are they`)
  return empty(start.seq)
}

/** Behind the records that have left the journal itself; every record in it is still to come. */
export const baseStart = async (store: JournalStore): Promise<FoldStart> => {
  const base = await store.base?.()
  if (base === undefined || base.seq === 0) return empty(0)
  return restored(base.seq, base.state) ?? oldestStart(store)
}

const startOf = async (store: JournalStore, useSnapshots: boolean): Promise<FoldStart> => {
  if (!useSnapshots) return oldestStart(store)
  const snapshot = await store.latestSnapshot()
  return restored(snapshot?.seq ?? 0, snapshot?.bytes) ?? baseStart(store)
}

/** An archive that nothing let go and that is not there: what was in it may live. */
const assertNoneLost = (world: World, seq: number): void => {
  const lost = world.engine().archives.find(({ to }) => to <= seq)
  if (lost !== undefined)
    throw new Error(`records ${lost.from} to ${lost.to} are needed: where is ${lost.file}?`)
}

/** `useSnapshots` false folds from the first event: what audits compare the snapshots with (J6). */
export const replay = async (store: JournalStore, useSnapshots = true): Promise<Replayed> => {
  const start = await startOf(store, useSnapshots)
  const { world } = start
  let { lastWallMs } = start
  let folded = 0
  for await (const record of store.read(start.seq + 1)) {
    const envelope = decodeEnvelope(record.bytes)
    if (E.isLeft(envelope)) throw new Error(`record ${record.seq}: ${envelope.left}`)
    foldEnvelope(world, envelope.right)
    lastWallMs = envelope.right.at
    folded += 1
  }
  if (!start.whole) assertNoneLost(world, start.seq)
  return { world, lastWallMs, folded, latestSeq: store.head().seq }
}
