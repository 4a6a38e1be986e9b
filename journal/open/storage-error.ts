/** What an error of the kernel or of LevelDB means: the one place that classifies them. */
import { errnoOf } from '../forensic/directory-files.ts'
import type { OpenRefusal } from './refusal.ts'

/** LevelDB hands on the kernel's sentence, not its number. */
const sentences: ReadonlyArray<readonly [string, string]> = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['Input/output error', 'EIO'],
  ['Read-only file system', 'EROFS'],
  ['Too many open files', 'EMFILE'],
  ['Permission denied', 'EACCES'],
]

/** abstract-level wraps LevelDB's error as a cause. */
export const causesOf = (error: unknown): ReadonlyArray<string> =>
  error instanceof Error
    ? [error.message, ...(error.cause === undefined ? [] : causesOf(error.cause))]
    : [String(error)]

/** LevelDB found damage by itself. */
export const saysCorruption = (error: unknown): boolean =>
  error instanceof Error &&
  (errnoOf(error) === 'LEVEL_CORRUPTION' ||
    (error.cause !== undefined && saysCorruption(error.cause)))

const errnoIn = (error: unknown, text: string): string | undefined => {
  const code = errnoOf(error)
  return code !== undefined && /^E[A-Z0-9]+$/.test(code)
    ? code
    : sentences.find(([sentence]) => text.includes(sentence))?.[1]
}

export const storageFailed = (error: unknown): OpenRefusal => {
  const reason = causesOf(error).join(': ')
  return { _tag: 'StorageFailed', errno: errnoIn(error, reason), reason }
}

export const lacksSpace = (errno: string | undefined): boolean =>
  errno === 'ENOSPC' || errno === 'EDQUOT'
