/** What an image's config file says that lists and inspections show. */
import * as E from 'fp-ts/lib/Either.js'
import * as Json from 'fp-ts/lib/Json.js'
import type { Image } from '../../../domain/image/state.ts'

export interface ImageFacts {
  /** ms since the epoch; undefined where the config does not say it. */
  readonly createdMs: number | undefined
  /** As the config writes it. */
  readonly created: string
  readonly labels: Readonly<Record<string, string>>
  readonly sizeBytes: number
  /** The whole config file. */
  readonly config: Readonly<Record<string, unknown>>
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const labelsOf = (config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> => {
  const inner = isRecord(config['config']) ? config['config']['Labels'] : undefined
  if (!isRecord(inner)) return {}
  const texts = Object.entries(inner).filter((e): e is [string, string] => typeof e[1] === 'string')
  return Object.fromEntries(texts)
}

const factsOf = (image: Image): ImageFacts => {
  const parsed = Json.parse(image.config)
  const config = E.isRight(parsed) && isRecord(parsed.right) ? parsed.right : {}
  const created = typeof config['created'] === 'string' ? config['created'] : ''
  const createdMs = Date.parse(created)
  return {
    config,
    created,
    createdMs: Number.isNaN(createdMs) ? undefined : createdMs,
    labels: labelsOf(config),
    sizeBytes: image.phase._tag === 'Stored' ? image.phase.sizeBytes : 0,
  }
}

/** States are immutable values: each config is read once. */
const known = new WeakMap<Image, ImageFacts>()

export const imageFacts = (image: Image): ImageFacts => {
  const facts = known.get(image) ?? factsOf(image)
  known.set(image, facts)
  return facts
}
