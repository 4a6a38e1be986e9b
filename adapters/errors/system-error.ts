/** Refusals of the kernel as exceptions; the border of the task turns them into answers. */
import type { Sys } from '../kernel/libc.ts'

/** Has the shape of Node's own: `code` is the errno's name. */
export class SystemError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.name = 'SystemError'
    this.code = code
  }
}

/** The value of a system call, or a throw that names the path. */
export const applied = <A>(result: Sys<A>, path: Buffer | string): A => {
  if (!result.ok) throw new SystemError(result.errno, path.toString())
  return result.value
}
