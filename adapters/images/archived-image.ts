/** Puts an image together from its config and the places of its layers, digests computed. */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { imageId, layerId, type DiffId, type LayerId } from '../../domain/identity.ts'
import { normaliseReference } from '../../domain/image/reference.ts'
import type { ArchivedImage } from '../../domain/ports/storage-ports.ts'
import { malformed } from '../layers/tar/archive-error.ts'
import { parseDiffIds } from './image-config.ts'
import { documentText } from './json-document.ts'

export const sha256 = (bytes: Buffer | string): string =>
  createHash('sha256').update(bytes).digest('hex')

/** OCI image spec, config.md: chain(0) = diff(0), chain(n) = sha256(chain(n-1) " " diff(n)). */
export const chainIds = (diffs: ReadonlyArray<DiffId>): ReadonlyArray<LayerId> => {
  const chain: Array<LayerId> = []
  for (const diff of diffs) {
    const below = chain.at(-1)
    chain.push(layerId(below === undefined ? diff : sha256(`sha256:${below} sha256:${diff}`)))
  }
  return chain
}

/** A reference with its defaults; `what` names where it stands. */
export const reference = (text: string, what: string): string => {
  const normal = normaliseReference(text)
  if (E.isLeft(normal))
    throw malformed(`${what} ${JSON.stringify(text.slice(0, 256))}: ${normal.left.reason}`)
  return normal.right
}

export interface ImageParts {
  readonly archive: string
  readonly config: Buffer
  /** For errors: the config's name, and who lists the layers. */
  readonly configName: string
  readonly what: string
  readonly references: ReadonlyArray<string>
  /** Bottom layer first; each answers the entry of its layer. */
  readonly layers: ReadonlyArray<() => string>
}

export const archivedImage = (parts: ImageParts): ArchivedImage => {
  const { archive, configName, layers, what, references } = parts
  const config = documentText(parts.config, configName)
  const diffs = parseDiffIds(config, configName)
  if (diffs.length !== layers.length)
    throw malformed(
      `${what} has ${layers.length} layers, its config's diff_ids have ${diffs.length}`,
    )
  const chain = chainIds(diffs)
  return {
    id: imageId(sha256(parts.config)),
    config,
    references,
    layers: layers.flatMap((entry, n) => {
      const [layer, diff] = [chain[n], diffs[n]]
      return layer === undefined || diff === undefined
        ? []
        : [{ layer, diff, source: { archive, entry: entry() } }]
    }),
  }
}

/** One image that is listed twice has the references of both. */
export const merged = (images: ReadonlyArray<ArchivedImage>): ReadonlyArray<ArchivedImage> => {
  const byId = new Map<string, ArchivedImage>()
  for (const one of images) {
    const before = byId.get(one.id)?.references ?? []
    byId.set(one.id, { ...one, references: [...new Set([...before, ...one.references])] })
  }
  return [...byId.values()]
}
