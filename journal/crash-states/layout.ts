/** A directory that a crash could leave, as a value; it can be built on a real disk. */
import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Bytes, or a file whose bytes nobody changes (a LevelDB table), which is linked, not copied. */
export type Content = Buffer | { readonly linkTo: string }

export interface Layout {
  /** Relative paths; parents before children. */
  readonly directories: ReadonlyArray<string>
  readonly files: ReadonlyMap<string, Content>
}

/** LevelDB's own notes and lock: no opening reads them, so that their bytes make no difference. */
export const isUnread = (path: string): boolean => /(^|\/)(LOG|LOG\.old|LOCK)$/.test(path)

/** `directory` exists and is empty; no name of the layout is synced. */
export const buildLayout = (layout: Layout, directory: string): void => {
  for (const path of layout.directories) mkdirSync(join(directory, path), { mode: 0o700 })
  for (const [path, content] of layout.files) {
    const target = join(directory, path)
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    if ('linkTo' in content) linkSync(content.linkTo, target)
    else writeFileSync(target, content, { mode: 0o600 })
  }
}

const digests = new WeakMap<Buffer, string>()

/** Remembered, since neighbouring states share most of their files. */
const digestOf = (content: Content): string => {
  if ('linkTo' in content) return content.linkTo
  const known = digests.get(content)
  if (known !== undefined) return known
  const digest = createHash('sha256').update(content).digest('hex')
  digests.set(content, digest)
  return digest
}

/** Equal for layouts with the same names and, where somebody reads them, bytes. */
export const layoutDigest = ({ directories, files }: Layout): string => {
  const hash = createHash('sha256')
  for (const path of [...directories].sort()) hash.update(`${path}/\0`)
  for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\0${isUnread(path) ? '' : digestOf(content)}\0`)
  return hash.digest('hex')
}
