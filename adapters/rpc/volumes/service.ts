/** volume.VolumeService: volumes listed, removed and pruned (spec 22 section 4). */
import * as E from 'fp-ts/lib/Either.js'
import type { Volume } from '../../../domain/volume/state.ts'
import { VolumeName, type VolumeName as Name } from '../../../domain/identity.ts'
import { failure, perform, success, verdictOf, type Front } from '../front.ts'
import type { Caller } from '../server/caller.ts'
import { unary, type UnaryWork } from '../server/handlers.ts'
import { noSuchVolume } from '../texts.ts'
import type {
  ListVolumeResponse,
  PruneVolumeResponse,
  RemoveVolumeRequest,
  RemoveVolumeResponse,
} from '../wire/volume.ts'
import type { VolumeServiceServer } from '../wire/volume_server.ts'

export const volumeDriver = 'local'

/** What is about to be made or to go is nobody's yet, or any more. */
const isShown = ({ phase }: Volume): boolean => phase._tag === 'Ready' || phase._tag === 'Filling'

const shown = (front: Front): ReadonlyArray<Volume> =>
  [...front.engine.world.volumes.values()].filter(isShown)

const list = (front: Front) => (): Promise<ListVolumeResponse> =>
  Promise.resolve({
    ...success,
    volumes: shown(front).map(({ id }) => ({ driver: volumeDriver, name: id })),
  })

const removed = (front: Front, caller: Caller, volume: Name) =>
  perform(front, caller, { _tag: 'RemoveVolume', volume })

const remove =
  (front: Front): UnaryWork<RemoveVolumeRequest, RemoveVolumeResponse> =>
  async ({ name }, caller) =>
    VolumeName.is(name)
      ? verdictOf(await removed(front, caller, name))
      : failure(noSuchVolume(name))

/** A repeated request finds the outcome of each of its commands under a name of its own (I12). */
const forPart = (caller: Caller, part: string): Caller =>
  caller.requestId === undefined ? caller : { ...caller, requestId: `${caller.requestId}/${part}` }

/** Who is in use is left; the first other failure is told, after all have been tried. */
const prune =
  (front: Front): UnaryWork<unknown, PruneVolumeResponse> =>
  async (_, caller) => {
    const { world } = front.engine
    const unused = shown(front).filter(({ id }) => world.containersOfVolume(id).length === 0)
    const tried = await Promise.all(
      unused.map(async ({ id }) => ({
        id,
        performed: await removed(front, forPart(caller, id), id),
      })),
    )
    const failed = tried.find(({ performed }) => E.isLeft(performed))
    return {
      ...(failed === undefined ? success : verdictOf(failed.performed)),
      volumes: tried.flatMap(({ id, performed }) => (E.isRight(performed) ? [id] : [])),
    }
  }

export const volumeService = (front: Front): VolumeServiceServer => {
  const one = <Q, R>(work: UnaryWork<Q, R>) => unary(front, work)
  return { list: one(list(front)), remove: one(remove(front)), prune: one(prune(front)) }
}
