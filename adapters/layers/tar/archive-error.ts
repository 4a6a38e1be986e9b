/** The one error that archive code throws; the port boundary turns it into an answer. */

/** `EINVAL`: the archive says something that we do not do; `EVERIFY`: its content is not whole. */
export class ArchiveError extends Error {
  readonly errno: 'EINVAL' | 'EVERIFY'

  constructor(errno: 'EINVAL' | 'EVERIFY', message: string) {
    super(message)
    this.name = 'ArchiveError'
    this.errno = errno
  }
}

/** For messages: bytes of a name as text, in quotes, control characters escaped. */
export const shownName = (name: Buffer): string =>
  JSON.stringify(name.length > 256 ? `${name.toString('utf8', 0, 256)}…` : name.toString('utf8'))

export const malformed = (message: string): ArchiveError => new ArchiveError('EINVAL', message)
export const notWhole = (message: string): ArchiveError => new ArchiveError('EVERIFY', message)
