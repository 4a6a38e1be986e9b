/** Making and showing volumes by name: upstream's service has no calls for them. */
import { status } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import { volumeNameRule } from '../../../domain/container/validate/bind.ts'
import { VolumeName } from '../../../domain/identity.ts'
import { volumeData } from '../../../domain/ports/layout.ts'
import { perform, type Front } from '../front.ts'
import { CallFailure, type UnaryWork } from '../server/handlers.ts'
import { noSuchVolume } from '../texts.ts'
import { volumeDriver } from '../volumes/service.ts'
import type {
  CreateVolumeRequest,
  CreateVolumeResponse,
  InspectVolumeRequest,
  InspectVolumeResponse,
} from '../wire/isulad_engine.ts'

/** An empty name: 64 hex digits are minted, as for an anonymous volume; it stays until removed. */
export const createVolume =
  (front: Front): UnaryWork<CreateVolumeRequest, CreateVolumeResponse> =>
  async ({ name: given }, caller) => {
    const name = given === '' ? front.entropy.hex(32) : given
    if (!VolumeName.is(name))
      throw new CallFailure(
        status.FAILED_PRECONDITION,
        `Invalid volume name "${given}": ${volumeNameRule}`,
      )
    const made = await perform(front, caller, { _tag: 'CreateVolume', volume: name })
    if (E.isLeft(made)) throw new CallFailure(status.FAILED_PRECONDITION, made.left)
    return { name }
  }

/** The members that users of Docker know, and who uses the volume. */
export const inspectVolume =
  (front: Front): UnaryWork<InspectVolumeRequest, InspectVolumeResponse> =>
  async ({ name }) => {
    const { world } = front.engine
    const volume = VolumeName.is(name) ? world.volume(name) : undefined
    if (volume === undefined) throw new CallFailure(status.NOT_FOUND, noSuchVolume(name))
    const document = {
      CreatedAt: new Date(volume.created.wallMs).toISOString(),
      Driver: volumeDriver,
      Mountpoint: volumeData(front.layout, volume.id),
      Name: volume.id,
      Anonymous: volume.anonymous,
      Status: volume.phase._tag,
      Containers: world.containersOfVolume(volume.id).map(({ id }) => id),
    }
    return { json: JSON.stringify(document) }
  }
