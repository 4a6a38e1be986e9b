/** Auditors may name a daemon's root or the journal folder in it. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { journalFolder } from './directory-files.ts'

/** The daemon's root; undefined where the path is neither. */
export const rootOf = (path: string): string | undefined => {
  if (existsSync(join(path, journalFolder))) return path
  return basename(path) === journalFolder && existsSync(path) ? dirname(path) : undefined
}
