/** `layer.json`: the verified facts of a committed layer. */
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { DiffId, LayerId } from '../../domain/identity.ts'
import { Integer } from '../../domain/integer.ts'
import { isMissing } from '../errors/errno.ts'
import { replaceFile } from '../files/durable.ts'

export const LayerFacts = t.strict(
  {
    version: t.literal(1),
    layer: LayerId,
    diff: DiffId,
    /** Sum of the sizes of regular files. */
    sizeBytes: Integer,
    entries: Integer,
    skippedXattrs: Integer,
  },
  'LayerFacts',
)
export type LayerFacts = t.TypeOf<typeof LayerFacts>

const factsFile = (directory: string): string => `${directory}/layer.json`

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The facts of a layer directory; undefined where they are absent or do not read well. */
export const readFacts = (directory: string, layer: LayerId): LayerFacts | undefined => {
  try {
    const facts = LayerFacts.decode(parsed(readFileSync(factsFile(directory), 'utf8')))
    return E.isRight(facts) && facts.right.layer === layer ? facts.right : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

export const writeFacts = (directory: string, facts: LayerFacts): Promise<void> =>
  replaceFile({
    path: factsFile(directory),
    content: `${JSON.stringify(LayerFacts.encode(facts))}\n`,
    mode: 0o600,
    durable: true,
  })
