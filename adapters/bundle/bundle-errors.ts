/** What a failure of the bundle adapter means for the world: the one place for its errnos. */
import { indeterminate, type EffectError } from '../../domain/ports/answer.ts'
import { classifyByErrno, EffectFailure } from '../errors/effect-failure.ts'

/** Calls that failed with one of these changed nothing that a repetition would not find again. */
const clean: ReadonlySet<string> = new Set([
  'EACCES',
  'EBUSY',
  'EDQUOT',
  'EEXIST',
  'EINVAL',
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

/** EIO and everything unheard of: the host is observed first. */
export const classify = (error: unknown): EffectError => {
  if (error instanceof EffectFailure) return error.effect
  const effect = classifyByErrno(error)
  return effect._tag === 'NotApplied' && !clean.has(effect.errno)
    ? indeterminate(effect.detail)
    : effect
}
