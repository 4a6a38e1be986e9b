/** Folds the journal into a world; an unreadable event puts only its own stream out of use (I8). */
import * as E from 'fp-ts/lib/Either.js'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { Envelope } from '../record/envelope.ts'
import { decodeEvent } from '../record/event-codec.ts'
import type { JournalStore } from '../store/journal-store.ts'
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

/** `useSnapshots` false folds from the first event: what audits compare the snapshots with (J6). */
export const replay = async (store: JournalStore, useSnapshots = true): Promise<Replayed> => {
  const snapshot = useSnapshots ? await store.latestSnapshot() : undefined
  const restored = snapshot === undefined ? undefined : restoreSnapshot(snapshot.bytes)
  const world = restored?.world ?? new World()
  let lastWallMs = restored?.lastWallMs ?? 0
  let folded = 0
  const from = restored === undefined || snapshot === undefined ? 1 : snapshot.seq + 1
  for await (const record of store.read(from)) {
    const envelope = decodeEnvelope(record.bytes)
    if (E.isLeft(envelope)) throw new Error(`record ${record.seq}: ${envelope.left}`)
    foldEnvelope(world, envelope.right)
    lastWallMs = envelope.right.at
    folded += 1
  }
  return { world, lastWallMs, folded, latestSeq: store.head().seq }
}
