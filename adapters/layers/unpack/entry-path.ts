/** Where an entry of a layer goes: names are checked, not trusted. */
import { malformed, shownName } from '../tar/archive-error.ts'

/** Latin1 text of a path's bytes, relative to the layer's root, without empty or dot parts. */
export type EntryPath = string

/** The kernel's NAME_MAX. */
const maxPartBytes = 255

/** The kernel's PATH_MAX; it also bounds how deep a tree is, and with it every recursion. */
export const maxPathBytes = 4096

/**
 * Throws `EINVAL` for absolute names, `..`, NUL and what no path can hold. `.` and the empty name
 * are the root.
 */
export const entryPath = (name: Buffer): EntryPath => {
  if (name.length >= maxPathBytes) throw malformed(`entry ${shownName(name)}: the name is too long`)
  const text = name.toString('latin1')
  if (text.startsWith('/')) throw malformed(`entry ${shownName(name)}: the name is absolute`)
  if (text.includes('\0')) throw malformed(`entry ${shownName(name)}: the name holds a NUL`)
  const parts = text.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw malformed(`entry ${shownName(name)}: the name holds ".."`)
  return parts.join('/')
}

export const parentOf = (path: EntryPath): EntryPath => {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

const lastPart = (path: EntryPath): string => path.slice(path.lastIndexOf('/') + 1)

/** What the name of an entry asks for (OCI image spec, layer.md: whiteouts). */
export type EntryMeaning =
  | { readonly _tag: 'Node'; readonly path: EntryPath }
  /** `.wh.x`: `x` of the layers below is gone. */
  | { readonly _tag: 'Whiteout'; readonly path: EntryPath }
  /** `.wh..wh..opq`: everything of the layers below is gone from this directory. */
  | { readonly _tag: 'Opaque'; readonly directory: EntryPath }
  /** Other `.wh..wh.` names are bookkeeping of AUFS. */
  | { readonly _tag: 'Nothing' }

const prefix = '.wh.'

/** A whiteout's own name may be longer than what it hides. */
const fitting = (path: EntryPath, name: Buffer): EntryPath => {
  if (path.split('/').some((part) => part.length > maxPartBytes))
    throw malformed(`entry ${shownName(name)}: a part of the name is too long`)
  return path
}

export const meaningOf = (name: Buffer): EntryMeaning => {
  const path = entryPath(name)
  const last = lastPart(path)
  const parent = parentOf(path)
  if (
    path
      .split('/')
      .slice(0, -1)
      .some((part) => part.startsWith('.wh..wh.'))
  )
    return { _tag: 'Nothing' }
  if (last === '.wh..wh..opq') return { _tag: 'Opaque', directory: parent }
  if (last.startsWith('.wh..wh.')) return { _tag: 'Nothing' }
  if (!last.startsWith(prefix)) return { _tag: 'Node', path: fitting(path, name) }
  const hidden = last.slice(prefix.length)
  if (hidden === '' || hidden === '.' || hidden === '..')
    throw malformed(`entry ${shownName(name)}: the whiteout names nothing`)
  const hiddenPath = parent === '' ? hidden : `${parent}/${hidden}`
  return { _tag: 'Whiteout', path: fitting(hiddenPath, name) }
}
