/** Create: from the client's documents to one command (CLI-CREATE-01). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { ContainerRequest } from '../../../domain/container/commands.ts'
import { containerConfig } from '../../../domain/container/validate/container-config.ts'
import { secretEntries } from '../../../domain/container/validate/secret-env.ts'
import { checkContainerName } from '../../../domain/container/validate/names.ts'
import { wantedRootfs } from '../../../domain/container/validate/external-rootfs.ts'
import { resolveModes } from '../../../domain/container/validate/namespace-mode.ts'
import type { Container } from '../../../domain/container/state.ts'
import { storageRequest } from '../../../domain/container/validate/storage-request.ts'
import { containerId, volumeName, type ContainerId } from '../../../domain/identity.ts'
import { noImage } from '../../../domain/image/no-image.ts'
import type { Image } from '../../../domain/image/state.ts'
import { cgroupPath } from '../../../domain/ports/layout.ts'
import { removeSecrets, writeSecrets } from '../../bundle/secret-files.ts'
import { failure, perform, verdictOf, type Front, type Performed } from '../front.ts'
import { findImage } from '../images/find-image.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { CreateRequest, CreateResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'

type CreateContainer = Extract<ContainerRequest, { _tag: 'CreateContainer' }>

const checkRequest = (request: CreateRequest): string | undefined => {
  if (request.image === '') return 'container image or rootfs error'
  if (request.hostconfig === '') return 'container host config is empty'
  return request.customconfig === '' ? 'container custom config is empty' : undefined
}

type Base = Pick<Image, 'id' | 'config' | 'layers'>

/** With a root file system of its own the image is a placeholder, never looked up (SYS-CLI-02). */
const baseOf = (front: Front, image: string, external: string): Either<string, Base> =>
  external === ''
    ? findImage(front.engine.world, image)
    : E.right({ id: noImage, config: '{}', layers: [] })

const commandOf = (
  front: Front,
  request: CreateRequest,
  id: ContainerId,
): Either<string, CreateContainer> => {
  const wrong = checkRequest(request)
  if (wrong !== undefined) return E.left(wrong)
  const name = checkContainerName(request.id)
  if (E.isLeft(name)) return E.left(name.left.message)
  const external = wantedRootfs(request.rootfs, request.hostconfig)
  if (E.isLeft(external)) return E.left(external.left.message)
  const image = baseOf(front, request.image, external.right)
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
  const { process, imageVolumes, warnings } = config.right
  for (const warning of warnings) front.log.warn(`create ${request.image}: ${warning}`)
  const find = (given: string): Either<string, ContainerId> =>
    E.map(({ id: found }: Container) => found)(findContainer(front.engine.world, given))
  const given = { ...config.right.host, ExternalRootfs: external.right }
  const resolved = resolveModes(given, find)
  if (E.isLeft(resolved)) return E.left(resolved.left.message)
  const host = resolved.right
  const mint = () => volumeName(front.entropy.hex(32))
  const storage = storageRequest({ host, imageVolumes, mint, find })
  if (E.isLeft(storage)) return E.left(storage.left.message)
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
    storage: storage.right,
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
    const secrets = secretEntries(request.customconfig)
    if (E.isLeft(secrets)) return { ...failure(secrets.left.message), id, pid: 0 }
    const hasSecrets = secrets.right.length > 0
    // Durable before the event that speaks of them.
    if (hasSecrets) await writeSecrets(front.layout, id, secrets.right)
    const performed = await perform(front, caller, command.right)
    if (hasSecrets && front.engine.world.container(id) === undefined)
      await removeSecrets(front.layout, id)
    return { ...verdictOf(performed), id: createdId(performed, id), pid: 0 }
  }
