/** The state as it was after a record. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { foldEnvelope } from '../fold/replay.ts'
import { stateHash } from '../fold/world-snapshot.ts'
import { World } from '../fold/world.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { provenRecords } from './proven.ts'
import type { JournalSource } from './source.ts'

export interface PastState {
  /** Newest record that is folded in. */
  readonly seq: number
  /** Its wall time, ms; undefined: no record is folded in. */
  readonly wallMs: number | undefined
  readonly hash: string
  readonly world: World
}

/** Left: that state cannot be told from this source, and why. */
export const foldTo = async (
  source: JournalSource,
  seq: number,
  onStop: (why: string) => void,
): Promise<Either<string, PastState>> => {
  const beginning = source.beginning()
  if (beginning.seq > 0 && beginning.world === undefined)
    return E.left(`the state before record ${beginning.seq + 1} is not known`)
  if (seq < beginning.seq) return E.left(`record ${seq} is in an archive`)
  const world = beginning.world ?? new World()
  let reached = beginning.seq
  let wallMs: number | undefined
  if (seq > beginning.seq)
    for await (const record of provenRecords(source, onStop)) {
      const envelope = decodeEnvelope(record.bytes)
      if (E.isLeft(envelope)) return E.left(`record ${record.seq}: ${envelope.left}`)
      foldEnvelope(world, envelope.right)
      reached = record.seq
      wallMs = envelope.right.at
      if (reached >= seq) break
    }
  return reached < seq
    ? E.left(`there is no record ${seq}: the last one that can be proved is ${reached}`)
    : E.right({ seq: reached, wallMs, hash: stateHash(world), world })
}
