/** Options of the daemon's own log (CFG-LOG-*). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { cleanPath } from '../container/validate/paths.ts'
import { allOf, refuse, type Checked } from '../container/validate/refusal.ts'
import { parseSize } from '../container/validate/size.ts'

export const logLevels = [
  'FATAL',
  'ALERT',
  'CRIT',
  'ERROR',
  'WARN',
  'NOTICE',
  'INFO',
  'DEBUG',
  'TRACE',
] as const
export type LogLevel = (typeof logLevels)[number]

export const checkLogLevel = (text: string): Checked<LogLevel> => {
  const level = logLevels.find((one) => one === text.toUpperCase())
  return level === undefined
    ? refuse('log-level', `Invalid log-level "${text}": want one of ${logLevels.join(', ')}`)
    : E.right(level)
}

export interface LogOptions {
  /** Directory of the log files. */
  readonly path: string
  readonly fileMode: number
  readonly maxFiles: number
  /** Size at which a file is rotated; no effect with one file (CFG-LOG-08). */
  readonly maxSizeBytes: number
}

const known: ReadonlyArray<string> = ['log-path', 'log-file-mode', 'max-file', 'max-size']

const path = (text: string): Checked<string> => {
  const clean = cleanPath(text)
  return clean === undefined
    ? refuse('log-opts', `Invalid log-path "${text}": want an absolute path`)
    : E.right(clean)
}

const fileMode = (text: string): Checked<number> =>
  /^0?[0-7]{3}$/.test(text)
    ? E.right(Number.parseInt(text, 8))
    : refuse('log-opts', `Invalid log-file-mode "${text}": want octal permissions such as 0600`)

const maxFiles = (text: string): Checked<number> =>
  /^[1-9]\d{0,5}$/.test(text)
    ? E.right(Number(text))
    : refuse('log-opts', `Invalid max-file "${text}": want a whole number from 1`)

const maxSize = (text: string): Checked<number> =>
  pipe(
    parseSize('max-size', text),
    E.filterOrElseW(
      (bytes) => bytes > 0,
      () => ({
        _tag: 'ConfigRefusal' as const,
        field: 'log-opts',
        message: `Invalid max-size "${text}": want more than 0`,
      }),
    ),
  )

export const readLogOptions = (
  given: Readonly<Record<string, string>>,
  graph: string,
): Checked<LogOptions> => {
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined)
    return refuse('log-opts', `Unknown log option "${unknown}": want one of ${known.join(', ')}`)
  return allOf({
    path: path(given['log-path'] ?? graph),
    fileMode: fileMode(given['log-file-mode'] ?? '0600'),
    maxFiles: maxFiles(given['max-file'] ?? '7'),
    maxSizeBytes: maxSize(given['max-size'] ?? '1MB'),
  })
}
