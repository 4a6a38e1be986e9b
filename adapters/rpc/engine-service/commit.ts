/** Commit: an image made of a container's layers and of what it has changed (DOCK-COMMIT-01). */
import { status } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Container } from '../../../domain/container/state.ts'
import { copyId, diffId, type ImageId } from '../../../domain/identity.ts'
import { withChanges } from '../../../domain/image/changes.ts'
import { newReference } from '../../../domain/image/reference.ts'
import type { Image } from '../../../domain/image/state.ts'
import { commitArchive } from '../../../domain/ports/layout.ts'
import { prepareCommits, removeCommitArchive } from '../../images/commit-archives.ts'
import { maxLayers } from '../../images/image-config.ts'
import { newImage, type NewImage } from '../../images/new-image.ts'
import { copyThrough, unnamed } from '../containers/copy-session.ts'
import { findContainer } from '../containers/find-container.ts'
import type { Front } from '../front.ts'
import { isStored } from '../images/find-image.ts'
import { imageFacts, isRecord } from '../images/image-facts.ts'
import { storeNewImage } from '../images/store-new-image.ts'
import type { Caller } from '../server/caller.ts'
import { CallFailure, type UnaryWork } from '../server/handlers.ts'
import type { CommitRequest, CommitResponse } from '../wire/isulad_engine.ts'

type Draft = Omit<NewImage, 'layer'>

const commitError = (why: string): string => `Commit error: ${why}`

const baseOf = (front: Front, container: Container): Either<string, Image> => {
  if (container.host.ExternalRootfs !== '')
    return E.left(commitError('the root file system of the container is not an image'))
  const image = front.engine.world.image(container.image.id)
  if (image === undefined || !isStored(image))
    return E.left(commitError(`the image ${container.image.reference} is not there any more`))
  return image.layers.length < maxLayers
    ? E.right(image)
    : E.left(commitError(`the image has ${image.layers.length} layers, and no more may be added`))
}

const referencesOf = (text: string): Either<string, ReadonlyArray<string>> =>
  text === ''
    ? E.right([])
    : pipe(
        newReference(text),
        E.bimap(
          ({ reason }) => commitError(`invalid image name "${text}": ${reason}`),
          (reference) => [reference],
        ),
      )

const inner = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {})

/** What the container was told is what containers of the new image are told. */
const settingsOf = (container: Container, base: Readonly<Record<string, unknown>>) => {
  const { User, Env, Entrypoint, Cmd, WorkingDir, Labels, StopSignal } = container.process
  const { Volumes, ExposedPorts } = base
  const own = { User, Env, Entrypoint, Cmd, WorkingDir, Labels, StopSignal }
  return { ...own, Volumes: inner(Volumes), ExposedPorts: inner(ExposedPorts) }
}

const draftOf = (
  front: Front,
  container: Container,
  request: CommitRequest,
): Either<string, Draft> =>
  pipe(
    E.Do,
    E.apS('base', baseOf(front, container)),
    E.apS('references', referencesOf(request.reference)),
    E.chain(({ base, references }) => {
      const { config } = imageFacts(base)
      const told = inner(config['config'])
      const created = new Date(front.wallMs()).toISOString()
      const history = Array.isArray(config['history']) ? (config['history'] as unknown[]) : []
      const { author, message } = request
      const { Entrypoint, Cmd } = container.process
      const step = { created, created_by: [...Entrypoint, ...Cmd].join(' '), author }
      return pipe(
        withChanges(settingsOf(container, told), request.changes),
        E.bimap(commitError, (settings) => ({
          below: base.layers.map(({ diff }) => diff),
          references,
          config: {
            ...config,
            created,
            author,
            config: { ...told, ...settings },
            history: [...history, { ...step, comment: message }],
          },
        })),
      )
    }),
  )

/** A daemon that stops leaves the image to its next start, which still reads the file. */
const isLoading = (front: Front, image: ImageId): boolean =>
  front.engine.world.image(image)?.phase._tag === 'Loading'

interface Order {
  readonly container: Container
  readonly draft: Draft
  readonly pause: boolean
  /** Where the layer is written; it is there until the image has its content. */
  readonly file: string
}

const stored = async (
  front: Front,
  caller: Caller,
  { container, draft, file, pause }: Order,
): Promise<Either<string, string>> => {
  let digest = ''
  const digested = (text: string): void => void (digest = text)
  const session = { _tag: 'Commit', file, pause, digested } as const
  const written = await copyThrough(front, unnamed(caller), container, session)
  if (E.isLeft(written)) return written
  const layer = { diff: diffId(digest), source: { archive: file, entry: '' } }
  const image = newImage({ ...draft, layer })
  const answer = await storeNewImage(front, caller, { image, origin: `container:${container.id}` })
  if (!isLoading(front, image.id)) removeCommitArchive(file)
  return answer
}

const committed = async (
  front: Front,
  caller: Caller,
  order: Omit<Order, 'file'>,
): Promise<Either<string, string>> => {
  prepareCommits(front.layout)
  const file = commitArchive(front.layout, copyId(front.entropy.hex(16)))
  return stored(front, caller, { ...order, file })
}

export const commit =
  (front: Front): UnaryWork<CommitRequest, CommitResponse> =>
  async (request, caller) => {
    const answer = await pipe(
      findContainer(front.engine.world, request.id),
      E.chain((container) =>
        pipe(
          draftOf(front, container, request),
          E.map((draft) => ({ container, draft, pause: !request.no_pause })),
        ),
      ),
      E.match(
        (text): Promise<Either<string, string>> => Promise.resolve(E.left(text)),
        (order) => committed(front, caller, order),
      ),
    )
    if (E.isLeft(answer)) throw new CallFailure(status.FAILED_PRECONDITION, answer.left)
    return { id: answer.right }
  }
