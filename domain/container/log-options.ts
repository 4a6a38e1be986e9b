/** How the output of a container is recorded: upstream keeps it as annotations (CLI-CR-29). */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from './validate/refusal.ts'
import { parseSize } from './validate/size.ts'

export const logAnnotations = {
  driver: 'log.console.driver',
  file: 'log.console.file',
  size: 'log.console.filesize',
  count: 'log.console.filerotate',
} as const

const prefix = 'log.console.'

/** Value of the annotation that switches the recording off (CLI-INSPECT-06). */
export const unrecorded = 'none'

/** 7 files of 1 MB unless asked for otherwise (CLI-INSPECT-06). */
export const usualLogSize = '1MB'
export const usualLogCount = 7

/** Smaller files would be rotated at almost every line (bytes). */
const smallestLog = 4_096
const mostFiles = 1_000

export interface LogOptions {
  readonly recorded: boolean
  /** A file is rotated when it has grown to this size. */
  readonly maxSizeBytes: number
  /** The one that is written to counts as well. */
  readonly maxFiles: number
}

type Annotations = Readonly<Record<string, string>>

const sizeOf = (text: string): Checked<number> => {
  const size = parseSize(logAnnotations.size, text)
  if (E.isLeft(size) || size.right >= smallestLog) return size
  return refuse(
    logAnnotations.size,
    `Invalid size '${text}' of log files: at least ${smallestLog} bytes are needed`,
  )
}

const countOf = (text: string): Checked<number> => {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  return count >= 1 && count <= mostFiles
    ? E.right(count)
    : refuse(
        logAnnotations.count,
        `Invalid number '${text}' of log files: 1 to ${mostFiles} are possible`,
      )
}

/** Where the file lies is the engine's business: only whether there is one can be chosen. */
const recordedOf = (file: string): Checked<boolean> =>
  file === '' || file === unrecorded
    ? E.right(file === '')
    : refuse(logAnnotations.file, `Invalid log file '${file}': only '${unrecorded}' can be chosen`)

const isKnown = (key: string): boolean =>
  Object.values(logAnnotations).some((known) => known === key)

const checkKeys = (annotations: Annotations): Checked<void> => {
  const unknown = Object.keys(annotations).find((key) => key.startsWith(prefix) && !isKnown(key))
  if (unknown !== undefined) return refuse(unknown, `not supported yet: annotation ${unknown}`)
  const driver = annotations[logAnnotations.driver] ?? 'json-file'
  return driver === 'json-file'
    ? E.right(undefined)
    : refuse(logAnnotations.driver, `not supported yet: log driver '${driver}': want json-file`)
}

export const checkLogOptions = (annotations: Annotations): Checked<LogOptions> => {
  const keys = checkKeys(annotations)
  if (E.isLeft(keys)) return keys
  const recorded = recordedOf(annotations[logAnnotations.file] ?? '')
  if (E.isLeft(recorded)) return recorded
  const size = sizeOf(annotations[logAnnotations.size] ?? usualLogSize)
  if (E.isLeft(size)) return size
  const count = countOf(annotations[logAnnotations.count] ?? String(usualLogCount))
  return E.isLeft(count)
    ? count
    : E.right({ recorded: recorded.right, maxSizeBytes: size.right, maxFiles: count.right })
}

export const isRecorded = (annotations: Annotations): boolean =>
  annotations[logAnnotations.file] !== unrecorded
