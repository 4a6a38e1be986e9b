/** Reads passwd and group of a container's rootfs without following a link out of it. */
import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { errnoOf } from '../observe/process-table.ts'
import type { AccountFiles } from '../../domain/oci/host-facts.ts'

const linkLimit = 32
/** Larger files are no account files; a container could otherwise make us read for ever. */
const sizeLimitBytes = 4 * 1024 * 1024

const linkAt = (path: string): string | undefined => {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}

/** The path below `root` that `path` means inside a root of its own; undefined for a link loop. */
export const resolveInRoot = (root: string, path: string): string | undefined => {
  const pending = path.split('/')
  let resolved: ReadonlyArray<string> = []
  for (let links = 0; pending.length > 0;) {
    const part = pending.shift() ?? ''
    if (part === '' || part === '.') continue
    if (part === '..') {
      resolved = resolved.slice(0, -1)
      continue
    }
    const next = [...resolved, part]
    const link = linkAt([root, ...next].join('/'))
    if (link === undefined) resolved = next
    else if (++links > linkLimit) return undefined
    else {
      pending.unshift(...link.split('/'))
      if (link.startsWith('/')) resolved = []
    }
  }
  return [root, ...resolved].join('/')
}

const readText = (root: string, path: string): string => {
  const resolved = resolveInRoot(root, path)
  if (resolved === undefined) return ''
  try {
    const facts = lstatSync(resolved)
    return facts.isFile() && facts.size <= sizeLimitBytes ? readFileSync(resolved, 'utf8') : ''
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return ''
  }
}

/** Absent files are empty texts: numeric users need no entry (CLI-USER-03). */
export const readAccountFiles = (rootfs: string): AccountFiles => ({
  passwd: readText(rootfs, '/etc/passwd'),
  group: readText(rootfs, '/etc/group'),
})
