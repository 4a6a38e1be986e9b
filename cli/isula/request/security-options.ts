/** `--security-opt` as the daemon gets it: a seccomp profile travels as its JSON text. */
import * as E from 'fp-ts/lib/Either.js'
import { parseSecurityOption } from '../../../domain/container/validate/security-option.ts'
import { namedFile } from './named-file.ts'
import { spoken, type Built } from './refused.ts'

/** White space outside of strings goes; numbers keep all their digits. */
const compact = (json: string): string => json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')

const checked = (option: string): Built<string> => {
  const parsed = spoken(parseSecurityOption(option))
  return E.isLeft(parsed) ? parsed : E.right(option)
}

/** SEC-SECCOMP-01 … 04: `seccomp=` and `seccomp:` name an absolute path, or `unconfined`. */
export const securityOption = (text: string): Built<string> => {
  const match = /^seccomp[=:](.*)$/s.exec(text)
  const value = match?.[1]
  if (value === undefined || value === '') return checked(text)
  if (value === 'unconfined') return E.right('seccomp=unconfined')
  if (!value.startsWith('/'))
    return E.left(
      `Invalid --security-opt '${text}': the path of a seccomp profile must be absolute`,
    )
  const profile = namedFile('--security-opt seccomp', value)
  return E.isLeft(profile) ? profile : checked(`seccomp=${compact(profile.right)}`)
}
