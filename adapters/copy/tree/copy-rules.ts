/** Where a copy goes and what its entries are called there: the path rules of `docker cp`. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { posix } from 'node:path'

/** `dir/.` and `.` mean what is in a directory. */
export const meansContent = (path: string): boolean => posix.basename(path) === '.'

export const assertsDirectory = (path: string): boolean => path.endsWith('/') || meansContent(path)

export interface SplitPath {
  readonly directory: string
  /** `.` for the content of a directory, `/` for the root. */
  readonly base: string
}

export const splitPath = (path: string): SplitPath => {
  const clean = posix.normalize(path).replace(/(.)\/+$/, '$1')
  if (meansContent(path)) return { directory: clean, base: '.' }
  return { directory: posix.dirname(clean), base: clean === '/' ? '/' : posix.basename(clean) }
}

/** Clean but for a final `/` or `/.`, which say what is meant. */
export const absolutePath = (path: string, from: string): string => {
  const clean = posix.resolve(from, path)
  if (meansContent(path)) return clean === '/' ? '/.' : `${clean}/.`
  return path.endsWith('/') && clean !== '/' ? `${clean}/` : clean
}

export interface CopySource {
  /** Its name in the archive: `base` of its path. */
  readonly base: string
  readonly isDirectory: boolean
}

export interface CopyTarget {
  readonly path: string
  /** Undefined where nothing is there. */
  readonly type: 'directory' | 'other' | undefined
}

export interface Placement {
  /** Into which the archive is unpacked. */
  readonly directory: string
  /** The first part of the entries' names, and what stands in its place. */
  readonly rename: { readonly from: string; readonly to: string } | undefined
}

/** Left: why it cannot be copied there. */
export const placementOf = (source: CopySource, target: CopyTarget): Either<string, Placement> => {
  const { directory, base } = splitPath(target.path)
  const renamed = E.right({ directory, rename: { from: source.base, to: base } })
  if (target.type === 'directory') return E.right({ directory: target.path, rename: undefined })
  if (source.isDirectory)
    return target.type === undefined
      ? renamed
      : E.left(`cannot copy directory to ${target.path}, which is no directory`)
  return target.type === undefined && assertsDirectory(target.path)
    ? E.left(`no such directory: ${target.path}`)
    : renamed
}

/** Bytes as latin1 text: names have no encoding. */
const latin1 = (name: string): string => Buffer.from(name).toString('latin1')

/** The new name of an entry; `.` and `/` stand for the whole archive. */
export const renamed = (name: Buffer, rename: Placement['rename']): Buffer => {
  if (rename === undefined) return name
  const [from, to] = [latin1(rename.from), latin1(rename.to)]
  const text = name.toString('latin1').replace(/^(\.?\/+)+/, '')
  if (from === '.' || from === '/')
    return Buffer.from(text === '' || text === '.' ? to : `${to}/${text}`, 'latin1')
  if (text === from || text.startsWith(`${from}/`))
    return Buffer.from(`${to}${text.slice(from.length)}`, 'latin1')
  return name
}
