/** The pid file: information for people and scripts, never a lock; the lock is flock. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export const writePidFile = (path: string, pid: number): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
  writeFileSync(path, `${pid}\n`, { mode: 0o644 })
}

/** Only our own: another daemon may have taken the path meanwhile. */
export const removePidFile = (path: string, pid: number): void => {
  if (readFileSync(path, { encoding: 'utf8', flag: 'a+' }).trim() === `${pid}`)
    rmSync(path, { force: true })
}
