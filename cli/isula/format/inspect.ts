/** `inspect` output: the whole object, or what a template picks of it (spec 23, CLI-INSPECT-*). */
import * as E from 'fp-ts/lib/Either.js'
import { plainText, printExact } from './exact-json.ts'

export interface Pick {
  readonly json: boolean
  readonly path: ReadonlyArray<string>
}

const part = /\{\{\s*(json\s+)?((?:\.[A-Za-z0-9_-]+)+)\s*\}\}/y

/** Several templates are separated by blanks. Left: what to tell the user. */
export const parseInspectFormat = (format: string): E.Either<string, ReadonlyArray<Pick>> => {
  const picks: Array<Pick> = []
  const text = format.trim()
  let at = 0
  while (at < text.length) {
    part.lastIndex = at
    const match = part.exec(text)
    if (match?.[2] === undefined) return E.left(`Template parsing error: ${text.slice(at)}`)
    picks.push({ json: match[1] !== undefined, path: match[2].slice(1).split('.') })
    at = part.lastIndex
    while (text[at] === ' ' || text[at] === '\t') at += 1
  }
  return picks.length === 0 ? E.left('Template parsing error: empty format') : E.right(picks)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const find = (object: unknown, path: ReadonlyArray<string>): E.Either<string, unknown> => {
  let value = object
  for (const [depth, key] of path.entries()) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) {
      const at = path.slice(0, depth + 1).join('.')
      return E.left(`Executing "" at <.${at}>: map has no entry for key "${key}"`)
    }
    value = value[key]
  }
  return E.right(value)
}

const show = (pick: Pick, value: unknown): E.Either<string, string> => {
  if (pick.json) return E.right(printExact(value))
  if (typeof value === 'string') return E.right(plainText(value))
  if (typeof value === 'number' || typeof value === 'boolean') return E.right(String(value))
  if (value === null) return E.right('<no value>')
  const name = pick.path.join('.')
  return E.left(`Template error: <.${name}> is not a plain value: use {{json .${name}}}`)
}

/** One line for each template. */
export const pickText = (object: unknown, picks: ReadonlyArray<Pick>): E.Either<string, string> => {
  const lines: Array<string> = []
  for (const pick of picks) {
    const found = find(object, pick.path)
    if (E.isLeft(found)) return found
    const shown = show(pick, found.right)
    if (E.isLeft(shown)) return shown
    lines.push(`${shown.right}\n`)
  }
  return E.right(lines.join(''))
}

/** A JSON array with indent 4 (CLI-INSPECT-01). */
export const inspectText = (objects: ReadonlyArray<unknown>): string =>
  `${printExact(objects, 4)}\n`
