/** Which stream of the journal a person means: a container, an image, a layer, or the engine. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { RecordedEvent } from '../engine/recorded-event.ts'
import {
  chooseStream,
  follow,
  readEvents,
  type ContainerStream,
  type Records,
} from './container-streams.ts'

type Kind = 'container' | 'image' | 'layer'

interface Known {
  readonly containers: Map<string, ContainerStream>
  /** Image id to every reference that it ever had. */
  readonly images: Map<string, Set<string>>
  readonly layers: Set<string>
}

const note = (known: Known, recorded: RecordedEvent): void => {
  const { event } = recorded
  follow(known.containers, recorded)
  switch (event._tag) {
    case 'ImageLoadRequested':
      known.images.set(
        event.id,
        new Set([...(known.images.get(event.id) ?? []), ...event.references]),
      )
      return
    case 'ImageTagged':
      known.images.get(event.id)?.add(event.reference)
      return
    case 'LayerUnpackRequested':
      known.layers.add(event.id)
      return
    default:
      return
  }
}

const shortReference = (reference: string): string =>
  reference.replace(/^docker\.io\//, '').replace(/^library\//, '')

const imagesLike = (known: Known, given: string): ReadonlyArray<string> => {
  const wanted = new Set([given, `${given}:latest`])
  const named = [...known.images].filter(([, references]) =>
    [...references].some((r) => wanted.has(r) || wanted.has(shortReference(r))),
  )
  if (named.length > 0) return named.slice(-1).map(([id]) => id)
  const id = given.replace(/^sha256:/, '')
  return [...known.images.keys()].filter((image) => id !== '' && image.startsWith(id))
}

const one = (kind: Kind, ids: ReadonlyArray<string>, given: string): Either<string, string> => {
  const [id] = ids
  if (ids.length > 1) return E.left(`${given} begins more than one ${kind} id`)
  return id === undefined
    ? E.left(`the journal knows no ${kind} ${given}`)
    : E.right(`${kind}:${id}`)
}

const containerStream = (known: Known, given: string): Either<string, string> => {
  const stream = chooseStream([...known.containers.values()], given)
  return E.isLeft(stream) ? stream : E.right(`container:${stream.right.id}`)
}

const layerStream = (known: Known, given: string): Either<string, string> =>
  one(
    'layer',
    [...known.layers].filter((layer) => given !== '' && layer.startsWith(given)),
    given,
  )

const ofKind = (known: Known, kind: string, given: string): Either<string, string> | undefined => {
  switch (kind) {
    case 'container':
      return containerStream(known, given)
    case 'image':
      return one('image', imagesLike(known, given), given)
    case 'layer':
      return layerStream(known, given)
    default:
      return undefined
  }
}

const ofAnyKind = (known: Known, given: string): Either<string, string> => {
  const container = containerStream(known, given)
  if (E.isRight(container)) return container
  const image = one('image', imagesLike(known, given), given)
  if (E.isRight(image)) return image
  const layer = layerStream(known, given)
  if (E.isRight(layer)) return layer
  return E.left(`the journal knows no container, image or layer ${given}`)
}

/**
 * `given`: `engine`; `container:`, `image:` or `layer:` with a name, id or prefix; or a name, id or
 * prefix alone, which means a container before an image before a layer. Left: nothing is named so.
 */
export const findObject = async (
  records: Records,
  given: string,
): Promise<Either<string, string>> => {
  if (given === 'engine') return E.right(given)
  const known: Known = { containers: new Map(), images: new Map(), layers: new Set() }
  for await (const event of readEvents(records)) note(known, event)
  const colon = given.indexOf(':')
  const kind = colon < 0 ? undefined : ofKind(known, given.slice(0, colon), given.slice(colon + 1))
  return kind ?? ofAnyKind(known, given)
}
