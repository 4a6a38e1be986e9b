/** The daemon's own log: pino, synchronous, so that the last lines of a crash are there. */
import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { pino, type Logger } from 'pino'
import type { DaemonConfig } from '../../domain/config/daemon-config.ts'

/** iSulad's levels (CFG-LOG-02) in pino's words. */
const levels: Readonly<Record<DaemonConfig['logLevel'], string>> = {
  FATAL: 'fatal',
  ALERT: 'fatal',
  CRIT: 'fatal',
  ERROR: 'error',
  WARN: 'warn',
  NOTICE: 'info',
  INFO: 'info',
  DEBUG: 'debug',
  TRACE: 'trace',
}

/**
 * Rotates at start: `isulad.log` becomes `.1` and so on, at most `maxFiles` in all
 * (CFG-LOG-06).
 */
const rotate = (file: string, maxFiles: number, maxBytes: number): void => {
  if (maxFiles <= 1 || (statSync(file, { throwIfNoEntry: false })?.size ?? 0) < maxBytes) return
  rmSync(`${file}.${maxFiles - 1}`, { force: true })
  for (let n = maxFiles - 2; n >= 0; n -= 1) {
    const from = n === 0 ? file : `${file}.${n}`
    if (statSync(from, { throwIfNoEntry: false }) !== undefined)
      renameSync(from, `${file}.${n + 1}`)
  }
}

export const openLogger = (config: DaemonConfig): Logger => {
  const options = { level: levels[config.logLevel], base: null }
  if (config.logDriver === 'stdout') return pino(options, pino.destination({ dest: 1, sync: true }))
  const folder = config.log.path
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = `${folder}/isulad.log`
  rotate(file, config.log.maxFiles, config.log.maxSizeBytes)
  const destination = pino.destination({ dest: file, sync: true, mode: config.log.fileMode })
  chmodSync(file, config.log.fileMode)
  return pino(options, destination)
}
