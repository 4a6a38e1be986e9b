/** What an archive's records make of the state before them, and what is forgotten with them. */
import * as E from 'fp-ts/lib/Either.js'
import { baseStart, foldEnvelope, type FoldStart } from '../fold/replay.ts'
import { restoreSnapshot, stateHash, takeSnapshot } from '../fold/world-snapshot.ts'
import type { World } from '../fold/world.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { Envelope } from '../record/envelope.ts'
import type { Dropping, DroppingStore, StoredRecord } from '../store/journal-store.ts'
import { JournalDamaged } from '../store/store-errors.ts'
import type { ArchiveContent } from './archive-format.ts'

const sliceRecords = 500

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Throws `JournalDamaged`. */
export const readEnvelope = ({ seq, bytes }: StoredRecord): Envelope => {
  const envelope = decodeEnvelope(bytes)
  if (E.isLeft(envelope)) throw new JournalDamaged(seq, envelope.left)
  return envelope.right
}

/** Each envelope in order; other work gets its turn in between. Rejects with `JournalDamaged`. */
export async function* envelopesOf(content: ArchiveContent): AsyncGenerator<Envelope> {
  for (const record of content.records()) {
    if (record.seq % sliceRecords === 0) await turn()
    yield readEnvelope(record)
  }
}

/** Whether anything that is there now has a claim on the stream's past. The engine has none. */
export const isLive = (world: World, stream: string): boolean => {
  if (world.quarantine.has(stream)) return true
  const id = stream.slice(stream.indexOf(':') + 1)
  const has = (ids: ReadonlyMap<string, unknown>): boolean => ids.has(id)
  if (stream.startsWith('container:')) return has(world.containers)
  if (stream.startsWith('image:')) return has(world.images)
  if (stream.startsWith('volume:')) return has(world.volumes)
  return stream.startsWith('layer:') && has(world.layers)
}

/** Container ids are never used again; images, layers and volumes come back under theirs. */
const endsForGood = (stream: string): boolean => stream.startsWith('container:')

/** The fold of all records that have left the journal itself. */
export const worldAtBase = async (
  store: DroppingStore,
): Promise<Pick<FoldStart, 'world' | 'lastWallMs'>> => {
  const { world, lastWallMs, seq } = await baseStart(store)
  const base = await store.base()
  let newestMs = lastWallMs
  if (seq === base.seq) return { world, lastWallMs }
  // Its bytes are damaged, or an older program wrote them: the archives give it again.
  for await (const record of store.read(seq + 1, base.seq)) {
    const envelope = readEnvelope(record)
    foldEnvelope(world, envelope)
    newestMs = envelope.at
  }
  return { world, lastWallMs: newestMs }
}

/** The base that takes the place of the archive's records. Changes the world it starts from. */
export const foldArchive = async (
  content: ArchiveContent,
  start: Pick<FoldStart, 'world' | 'lastWallMs'>,
): Promise<Dropping> => {
  const { world } = start
  let { lastWallMs } = start
  const streams = new Set<string>()
  const requests = new Set<string>()
  for await (const envelope of envelopesOf(content)) {
    foldEnvelope(world, envelope)
    lastWallMs = envelope.at
    streams.add(envelope.stream)
    if (envelope.request !== '') requests.add(envelope.request)
  }
  const bytes = takeSnapshot(world, lastWallMs)
  const again = restoreSnapshot(bytes)
  if (again === undefined || stateHash(again.world) !== stateHash(world))
    throw new Error(`the state at record ${content.head.seq} does not survive its encoding`)
  return {
    snapshot: { ...content.head, bytes },
    streams: [...streams].filter((s) => endsForGood(s) && !isLive(world, s)),
    requests: [...requests],
  }
}
