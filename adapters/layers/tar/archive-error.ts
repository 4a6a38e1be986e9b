/** The one error that archive code throws; the port boundary turns it into an answer. */

/**
 * An archive's own words end up on a terminal: what would steer it, or hide text on it, is shown as
 * its number.
 */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`,
  )

/** `EINVAL`: the archive says something that we do not do; `EVERIFY`: its content is not whole. */
export class ArchiveError extends Error {
  readonly errno: 'EINVAL' | 'EVERIFY'

  constructor(errno: 'EINVAL' | 'EVERIFY', message: string) {
    super(printable(message))
    this.name = 'ArchiveError'
    this.errno = errno
  }
}

/** For messages: bytes of a name as text, in quotes, control characters escaped. */
export const shownName = (name: Buffer): string =>
  JSON.stringify(name.length > 256 ? `${name.toString('utf8', 0, 256)}…` : name.toString('utf8'))

export const malformed = (message: string): ArchiveError => new ArchiveError('EINVAL', message)
export const notWhole = (message: string): ArchiveError => new ArchiveError('EVERIFY', message)
