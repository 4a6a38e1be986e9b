/** Files that flags name: they are the client's, and read by it. */
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import type { Built } from './refused.ts'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'it may not be read',
}

export const namedFile = (flag: string, path: string): Built<string> => {
  try {
    return E.right(readFileSync(path, 'utf8'))
  } catch (error) {
    const code = codeOf(error)
    return E.left(`Failed to read the file '${path}' of ${flag}: ${reasons[code] ?? code}`)
  }
}

/** One entry a line; blank lines and those that begin with `#` say nothing. */
export const entriesOf = (flag: string, path: string): Built<ReadonlyArray<string>> => {
  const text = namedFile(flag, path)
  if (E.isLeft(text)) return text
  const lines = text.right.replace(/^\uFEFF/, '').split('\n')
  return E.right(
    lines
      .map((line) => line.replace(/\r$/, '').trimStart())
      .filter((line) => line !== '' && !line.startsWith('#')),
  )
}
