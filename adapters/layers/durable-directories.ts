/** Directories whose existence survives a power cut. */
import { chmodSync, closeSync, constants, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { hasCode } from './unpack/system-error.ts'

export const syncDirectory = (path: string): void => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Makes the directory and its missing parents; each new entry is synced. Present is fine. */
export const makeDurableDirectory = (path: string, mode: number): void => {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error
    makeDurableDirectory(dirname(path), 0o700)
    mkdirSync(path, { mode })
  }
  // The umask may have taken bits away.
  chmodSync(path, mode)
  syncDirectory(path)
  syncDirectory(dirname(path))
}
