/** What a failure of the bundle adapter means for the world: the one place for its errnos. */
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'

/** The configuration cannot be met on this host: `EUSER`, `EINVAL`, `EBUSY`, `ELOOP`. */
export class BundleRefusal extends Error {
  readonly errno: string

  constructor(errno: string, message: string) {
    super(message)
    this.errno = errno
  }
}

/** Calls that failed with one of these changed nothing that a repetition would not find again. */
const clean: ReadonlySet<string> = new Set([
  'EACCES',
  'EBUSY',
  'EDQUOT',
  'EEXIST',
  'EISDIR',
  'ELOOP',
  'EMFILE',
  'ENAMETOOLONG',
  'ENFILE',
  'ENOENT',
  'ENOMEM',
  'ENOSPC',
  'ENOTDIR',
  'ENOTEMPTY',
  'EPERM',
  'EROFS',
])

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

export const isMissing = (error: unknown): boolean => {
  const code = codeOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** EIO and everything unheard of: the host is observed first. */
export const classify = (error: unknown): EffectError => {
  if (error instanceof BundleRefusal) return notApplied(error.errno, error.message)
  const detail = error instanceof Error ? error.message : String(error)
  const code = codeOf(error)
  return code !== undefined && clean.has(code) ? notApplied(code, detail) : indeterminate(detail)
}
