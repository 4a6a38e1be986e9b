/** `--security-opt` (SEC-SECCOMP-*): the words, and what they come to. */
import * as E from 'fp-ts/lib/Either.js'
import { parseProfile } from '../../oci/seccomp/profile.ts'
import { checkAll, refuse, type Checked } from './refusal.ts'

const field = 'HostConfig.SecurityOpt'

export type SecurityOption =
  | { readonly _tag: 'NoNewPrivileges'; readonly on: boolean }
  | { readonly _tag: 'Unconfined' }
  /** The profile's JSON text. */
  | { readonly _tag: 'Profile'; readonly text: string }
  | { readonly _tag: 'NoLabel' }

/** `key=value` and `key:value` are the same (SEC-SECCOMP-01). */
const split = (text: string): readonly [string, string | undefined] => {
  const at = text.search(/[=:]/)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

const noNewPrivileges = (value: string | undefined): Checked<SecurityOption> =>
  value === undefined || value === 'true' || value === 'false'
    ? E.right({ _tag: 'NoNewPrivileges', on: value !== 'false' })
    : refuse(field, `Invalid --security-opt no-new-privileges "${value}": want true or false`)

const seccomp = (value: string): Checked<SecurityOption> => {
  if (value === 'unconfined') return E.right({ _tag: 'Unconfined' })
  const profile = parseProfile(value)
  return E.isLeft(profile)
    ? refuse(field, `Invalid seccomp profile: ${profile.left}`)
    : E.right({ _tag: 'Profile', text: value })
}

const label = (value: string): Checked<SecurityOption> =>
  value === 'disable'
    ? E.right({ _tag: 'NoLabel' })
    : /^(user|role|type|level):./.test(value)
      ? refuse(field, `not supported yet: --security-opt label=${value}`)
      : refuse(
          field,
          `Invalid --security-opt label "${value}": want disable, user:USER, role:ROLE, ` +
            'type:TYPE or level:LEVEL',
        )

export const parseSecurityOption = (text: string): Checked<SecurityOption> => {
  const [key, value] = split(text)
  if (key === 'no-new-privileges') return noNewPrivileges(value)
  if (key === 'seccomp' && value !== undefined && value !== '') return seccomp(value)
  if (key === 'label' && value !== undefined) return label(value)
  return refuse(
    field,
    `Invalid --security-opt "${text.slice(0, 80)}": want seccomp=FILE, seccomp=unconfined, ` +
      'no-new-privileges[=true|false] or label=disable',
  )
}

export interface SecurityOptions {
  readonly noNewPrivileges: boolean
  /** Undefined: the default profile. */
  readonly seccomp: Extract<SecurityOption, { _tag: 'Unconfined' | 'Profile' }> | undefined
}

/** Of each kind the last one counts. */
export const securityOptions = (texts: ReadonlyArray<string>): Checked<SecurityOptions> => {
  const all = checkAll(texts, parseSecurityOption)
  if (E.isLeft(all)) return all
  let options: SecurityOptions = { noNewPrivileges: false, seccomp: undefined }
  for (const option of all.right)
    switch (option._tag) {
      case 'NoNewPrivileges':
        options = { ...options, noNewPrivileges: option.on }
        break
      case 'Unconfined':
      case 'Profile':
        options = { ...options, seccomp: option }
        break
      case 'NoLabel':
        break
    }
  return E.right(options)
}

export const checkSecurityOptions = (
  texts: ReadonlyArray<string>,
): Checked<ReadonlyArray<string>> => {
  const options = securityOptions(texts)
  return E.isLeft(options) ? options : E.right(texts)
}
