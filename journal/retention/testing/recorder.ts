/** Records what retention says without an engine around it: decide, stamp, append. */
import * as E from 'fp-ts/lib/Either.js'
import type { EngineCommand } from '../../../domain/engine/commands.ts'
import { bootId, operationId } from '../../../domain/identity.ts'
import { append } from '../../engine/appender.ts'
import { ownSubmitter } from '../../engine/submission.ts'
import type { World } from '../../fold/world.ts'
import { chainHash } from '../../record/hash-chain.ts'
import type { JournalStore } from '../../store/journal-store.ts'

const context = {
  now: { boot: bootId('recorder'), monoMs: 1, wallMs: 1_800_000_000_000 },
  operation: operationId('recorder'),
}

/** `world` is the fold of everything in the store and follows it. */
export const recorder =
  (store: () => JournalStore, world: World) =>
  async (command: EngineCommand): Promise<boolean> => {
    const { seq, hash } = store().head()
    const numbers = { seq, streams: new Map(await store().streamHeads()) }
    const by = { ...ownSubmitter('engine'), context }
    const appended = append(world, numbers, command, by)
    if (E.isLeft(appended)) return false
    let previous = hash
    const records = appended.right.records.map((record) => {
      previous = chainHash(previous, record.bytes)
      return { ...record, hash: previous }
    })
    await store().append(records)
    return true
  }
