/** The kernel's name of what went wrong, out of Node's errors and our own. */

/** `ENOENT` and the like; undefined for an error that is no refusal of the kernel. */
export const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

export const hasErrno = (error: unknown, ...names: ReadonlyArray<string>): boolean => {
  const errno = errnoOf(error)
  return errno !== undefined && names.includes(errno)
}

/** The path, or a directory on the way to it, is not there. */
export const isMissing = (error: unknown): boolean => hasErrno(error, 'ENOENT', 'ENOTDIR')
