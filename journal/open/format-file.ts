/** `<root>/FORMAT`: which engine and journal layout a root has; read before anything is written. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Integer } from '../../domain/integer.ts'
import { bytesOf, journalFolder } from '../forensic/directory-files.ts'
import type { Finding } from '../forensic/finding.ts'
import { replaceFile } from '../store/durable-files.ts'
import { journalVersion } from '../store/stored-values.ts'

/** `engine` numbers the layout of everything beside the journal, `journal` that of the journal. */
export const Format = t.strict({ engine: Integer, journal: Integer }, 'Format')
export type Format = t.TypeOf<typeof Format>

export const knownFormat: Format = { engine: 1, journal: journalVersion }

export type FormatReading =
  | { readonly _tag: 'Known'; readonly format: Format }
  /** A newer program wrote it: the caller writes nothing and refuses to start. */
  | { readonly _tag: 'Newer'; readonly format: Format }
  | { readonly _tag: 'Missing' }
  /** Torn or zeroed by a power cut; what the journal itself says decides. */
  | { readonly _tag: 'Unreadable'; readonly detail: string }

const formatName = 'FORMAT'

const path = (root: string): string => join(root, formatName)

const parse = (text: string): Format | undefined => {
  try {
    const decoded = Format.decode(JSON.parse(text))
    return E.isRight(decoded) ? decoded.right : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export const readFormat = (root: string): FormatReading => {
  const bytes = bytesOf(path(root))
  if (bytes === 'ENOENT') return { _tag: 'Missing' }
  if (typeof bytes === 'string') return { _tag: 'Unreadable', detail: bytes }
  const format = parse(bytes.toString('utf8'))
  if (format === undefined) return { _tag: 'Unreadable', detail: 'it is not a format file' }
  const newer = format.engine > knownFormat.engine || format.journal > knownFormat.journal
  return { _tag: newer ? 'Newer' : 'Known', format }
}

export const writeFormat = (root: string): Promise<void> =>
  replaceFile(path(root), `${JSON.stringify(knownFormat)}\n`)

/** Of a root that has a journal. What a newer program wrote cannot be judged by this one. */
export const formatFindings = (root: string): ReadonlyArray<Finding> => {
  const reading = readFormat(root)
  const found = (kind: Finding['kind'], detail: string): ReadonlyArray<Finding> => [
    { kind, file: formatName, offset: 0, sizeBytes: 0, detail },
  ]
  switch (reading._tag) {
    case 'Known':
      return []
    case 'Missing':
      return existsSync(join(root, journalFolder)) ? found('side-file', 'it is missing') : []
    case 'Unreadable':
      return found('side-file', reading.detail)
    case 'Newer':
      return found('bad-format', 'it was written by a newer program')
  }
}
