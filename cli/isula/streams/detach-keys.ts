/** The keys that leave a session and let its process go on: ctrl-p,ctrl-q unless told otherwise. */
import * as E from 'fp-ts/lib/Either.js'

export const usualDetachKeys = 'ctrl-p,ctrl-q'

const controlPattern = /^ctrl-([a-z@[\]\\^_])$/
const fewestPrintable = 0x20

/** `ctrl-a` is 1, as terminals send it. */
const byteOf = (key: string): number | undefined => {
  const control = controlPattern.exec(key)?.[1]
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 0x1f
  const code = key.charCodeAt(0)
  return key.length === 1 && code >= fewestPrintable && code < 0x7f ? code : undefined
}

/** Left: what is wrong with the flag's value. An empty text: no keys detach. */
export const parseDetachKeys = (text: string): E.Either<string, ReadonlyArray<number>> => {
  if (text === '') return E.right([])
  const bytes: Array<number> = []
  for (const key of text.split(',')) {
    const byte = byteOf(key)
    if (byte === undefined)
      return E.left(
        `Invalid detach keys '${text}': '${key}' is neither one character nor ctrl-LETTER`,
      )
    bytes.push(byte)
  }
  return E.right(bytes)
}

/** What `--detach-keys` says, where the flag is given. */
export const detachKeysOf = (flag: string | undefined): E.Either<string, ReadonlyArray<number>> =>
  parseDetachKeys(flag ?? usualDetachKeys)

export interface Passed {
  /** What goes on to the process. */
  readonly bytes: Uint8Array
  readonly detached: boolean
}

/** Holds the beginning of the sequence back until it is clear that it is something else. */
export const detachFilter = (keys: ReadonlyArray<number>): ((chunk: Uint8Array) => Passed) => {
  let matched = 0
  return (chunk) => {
    const bytes: Array<number> = []
    for (const byte of chunk) {
      if (keys.length > 0 && byte === keys[matched]) {
        matched += 1
        if (matched === keys.length) return { bytes: Uint8Array.from(bytes), detached: true }
        continue
      }
      bytes.push(...keys.slice(0, matched))
      matched = 0
      if (keys.length > 0 && byte === keys[0]) matched = 1
      else bytes.push(byte)
    }
    return { bytes: Uint8Array.from(bytes), detached: false }
  }
}
