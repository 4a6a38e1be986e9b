/** The OCI process document of an exec: the container's own process with the exec's wishes. */
import * as E from 'fp-ts/lib/Either.js'
import { exactJson, parseExactJson, type ExactJson } from '../../domain/oci/uint64-json.ts'
import { resolveUser } from '../../domain/oci/user.ts'
import type { AccountFiles } from '../../domain/oci/host-facts.ts'
import { notApplied } from '../../domain/ports/answer.ts'
import type { ExecProcess } from '../../domain/ports/process-ports.ts'
import { EffectFailure } from '../errors/effect-failure.ts'

type JsonObject = { readonly [member: string]: ExactJson | undefined }

const parseConfig = (text: string): ExactJson => {
  const parsed = parseExactJson(text)
  if (E.isRight(parsed)) return parsed.right
  throw new EffectFailure(notApplied('EINVAL', `the bundle's config.json: ${parsed.left}`))
}

const isObject = (value: ExactJson | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const object = (value: ExactJson | undefined): JsonObject => (isObject(value) ? value : {})

/** The rootfs that the bundle names, or undefined for a relative or absent one. */
export const rootfsOf = (config: string): string | undefined => {
  const path = object(object(parseConfig(config))['root'])['path']
  return typeof path === 'string' && path.startsWith('/') ? path : undefined
}

const strings = (value: ExactJson | undefined): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : []

const variable = (entry: string): string => entry.split('=', 1)[0] ?? entry

/** Later entries win; the order of first mention stays. */
export const mergeEnvironment = (
  base: ReadonlyArray<string>,
  over: ReadonlyArray<string>,
): ReadonlyArray<string> => [
  ...new Map([...base, ...over].map((entry) => [variable(entry), entry])).values(),
]

interface ExecUser {
  readonly user: JsonObject
  readonly home: ReadonlyArray<string>
}

const execUser = (own: JsonObject, wanted: string, accounts: AccountFiles): ExecUser => {
  if (wanted === '') return { user: own, home: [] }
  const resolved = resolveUser(wanted, accounts)
  if (E.isLeft(resolved)) {
    throw new EffectFailure(notApplied('EUSER', resolved.left.message))
  }
  const { uid, gid, additionalGids, home } = resolved.right
  return { user: { ...own, uid, gid, additionalGids: [...additionalGids] }, home: [`HOME=${home}`] }
}

/** Root keeps what the container may have at most; any other user starts without effective ones. */
const execCapabilities = (own: JsonObject, uid: ExactJson | undefined): JsonObject => {
  const held = uid === 0 ? strings(own['bounding']) : []
  return { ...own, effective: held, permitted: held, ambient: [] }
}

/** `config`: text of the bundle's `config.json`; `accounts`: passwd and group of its rootfs. */
export const execProcessDocument = (
  config: string,
  exec: ExecProcess,
  accounts: AccountFiles,
): string => {
  const own = object(object(parseConfig(config))['process'])
  const { user, home } = execUser(object(own['user']), exec.user, accounts)
  const env = mergeEnvironment(strings(own['env']), home)
  const terminal = exec.terminal ? mergeEnvironment(['TERM=xterm'], env) : env
  return exactJson({
    ...own,
    args: exec.args,
    env: mergeEnvironment(terminal, exec.env),
    cwd: exec.workingDir === '' ? (own['cwd'] ?? '/') : exec.workingDir,
    terminal: exec.terminal,
    user,
    ...(isObject(own['capabilities']) && exec.user !== ''
      ? { capabilities: execCapabilities(own['capabilities'], user['uid']) }
      : {}),
  })
}
