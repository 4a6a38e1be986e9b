/** What an error of a copy means: the one place where it gets its errno. */
import { effectTable } from '../../domain/ports/effects.ts'
import { errnoOf } from '../errors/errno.ts'
import { ArchiveError } from '../layers/tar/archive-error.ts'
import type { FromCopyThread } from './copy-job.ts'

type Failed = Extract<FromCopyThread, { _tag: 'Failed' }>

const documented = new Set<string>(effectTable.CopyFiles.errnos)

/** Messages hold whole paths, which may be what is too long. */
const maxDetail = 400

/** An archive that is not whole or not understood is `EINVAL`; a rare errno stands in the text. */
export const failureOf = (error: unknown): Failed => {
  const text = (error instanceof Error ? error.message : String(error)).slice(0, maxDetail)
  if (error instanceof ArchiveError) return { _tag: 'Failed', errno: 'EINVAL', detail: text }
  const errno = errnoOf(error) ?? 'EIO'
  return { _tag: 'Failed', errno: documented.has(errno) ? errno : 'EIO', detail: text }
}
