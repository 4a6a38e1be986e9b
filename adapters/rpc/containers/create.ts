/** Create: from the client's documents to one command (CLI-CREATE-01). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { ContainerRequest } from '../../../domain/container/commands.ts'
import { containerConfig } from '../../../domain/container/validate/container-config.ts'
import { checkContainerName } from '../../../domain/container/validate/names.ts'
import { containerId, type ContainerId } from '../../../domain/identity.ts'
import { cgroupPath } from '../../../domain/ports/layout.ts'
import { failure, perform, verdictOf, type Front, type Performed } from '../front.ts'
import { findImage } from '../images/find-image.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { notSupported } from '../texts.ts'
import type { CreateRequest, CreateResponse } from '../wire/containers.ts'

type CreateContainer = Extract<ContainerRequest, { _tag: 'CreateContainer' }>

const checkRequest = (request: CreateRequest): string | undefined => {
  if (request.rootfs !== '') return notSupported('a root filesystem outside of images')
  if (request.image === '') return 'container image or rootfs error'
  if (request.hostconfig === '') return 'container host config is empty'
  return request.customconfig === '' ? 'container custom config is empty' : undefined
}

const commandOf = (
  front: Front,
  request: CreateRequest,
  id: ContainerId,
): Either<string, CreateContainer> => {
  const wrong = checkRequest(request)
  if (wrong !== undefined) return E.left(wrong)
  const name = checkContainerName(request.id)
  if (E.isLeft(name)) return E.left(name.left.message)
  const image = findImage(front.engine.world, request.image)
  if (E.isLeft(image)) return image
  const { createDefaults } = front
  const runtime = request.runtime === '' ? createDefaults.runtime : request.runtime
  const config = containerConfig(
    {
      hostConfig: request.hostconfig,
      customConfig: request.customconfig,
      imageConfig: image.right.config,
    },
    { ...createDefaults, runtime },
  )
  if (E.isLeft(config)) return E.left(config.left.message)
  const { host, process, warnings } = config.right
  for (const warning of warnings) front.log.warn(`create ${request.image}: ${warning}`)
  return E.right({
    _tag: 'CreateContainer',
    id,
    name: name.right,
    image: { id: image.right.id, reference: request.image },
    layers: image.right.layers.map(({ layer }) => layer),
    runtime: host.Runtime,
    cgroupPath: cgroupPath(host.CgroupParent, id),
    host,
    process,
  })
}

/** A repeated request is answered with the id of its first run (I12). */
const createdId = (performed: Performed, minted: ContainerId): string => {
  const event = E.isRight(performed) ? performed.right.events[0] : undefined
  return event?._tag === 'ContainerCreateRequested' ? event.id : minted
}

export const create =
  (front: Front): UnaryWork<CreateRequest, CreateResponse> =>
  async (request, caller) => {
    const id = containerId(front.entropy.hex(32))
    const command = commandOf(front, request, id)
    if (E.isLeft(command)) return { ...failure(command.left), id, pid: 0 }
    const performed = await perform(front, caller, command.right)
    return { ...verdictOf(performed), id: createdId(performed, id), pid: 0 }
  }
