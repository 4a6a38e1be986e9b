/** The filters of the list of images: dangling, label, before, since, reference (spec 22). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { imageId } from '../../../domain/identity.ts'
import type { Image } from '../../../domain/image/state.ts'
import type { WorldView } from '../engine-facade.ts'
import { invalidFilter } from '../texts.ts'
import { findImage } from './find-image.ts'
import { imageFacts } from './image-facts.ts'

export interface Entry {
  readonly name: string
  readonly digest: string
}

type Test = (entry: Entry) => boolean

const ofImage =
  (world: WorldView, test: (image: Image) => boolean): Test =>
  ({ digest }) => {
    const image = world.image(imageId(digest.replace(/^sha256:/, '')))
    return image !== undefined && test(image)
  }

const createdMs = (image: Image): number => imageFacts(image).createdMs ?? image.loaded.wallMs

const dangling = (value: string): Either<string, Test> => {
  if (value !== 'true' && value !== 'false')
    return E.left(`Invalid filter 'dangling=${value}': want true or false`)
  return E.right(({ name }) => (name === '') === (value === 'true'))
}

const label = (world: WorldView, value: string): Test => {
  const at = value.indexOf('=')
  const key = at < 0 ? value : value.slice(0, at)
  return ofImage(world, (image) => {
    const { labels } = imageFacts(image)
    return Object.hasOwn(labels, key) && (at < 0 || labels[key] === value.slice(at + 1))
  })
}

const age = (world: WorldView, value: string, older: boolean): Either<string, Test> => {
  const found = findImage(world, value)
  if (E.isLeft(found)) return found
  const bound = createdMs(found.right)
  return E.right(
    ofImage(world, (image) => (older ? createdMs(image) < bound : createdMs(image) > bound)),
  )
}

/** `*` stands for any characters. */
const reference = (value: string): Test => {
  const parts = value.split('*')
  const first = parts[0] ?? ''
  const last = parts[parts.length - 1] ?? ''
  return ({ name }) => {
    if (parts.length === 1) return name === value || name.startsWith(`${value}:`)
    if (!name.startsWith(first) || !name.endsWith(last)) return false
    let at = first.length
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at + last.length <= name.length
  }
}

const testOf = (world: WorldView, key: string, value: string): Either<string, Test> => {
  switch (key) {
    case 'dangling':
      return dangling(value)
    case 'label':
      return E.right(label(world, value))
    case 'before':
      return age(world, value, true)
    case 'since':
      return age(world, value, false)
    case 'reference':
      return E.right(reference(value))
    default:
      return E.left(invalidFilter(key))
  }
}

/** Left: the text for the client. */
export const imageTest = (
  world: WorldView,
  filters: Readonly<Record<string, string>>,
): Either<string, Test> => {
  const tests: Test[] = []
  for (const [key, value] of Object.entries(filters)) {
    const test = testOf(world, key, value)
    if (E.isLeft(test)) return test
    tests.push(test.right)
  }
  return E.right((entry) => tests.every((test) => test(entry)))
}
