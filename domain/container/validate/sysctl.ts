/** `--sysctl`: kernel parameters of the container's own namespaces (SYS-OPT-05 … 07). */
import * as E from 'fp-ts/lib/Either.js'
import { checkAll, refuse, type Checked } from './refusal.ts'

const field = 'HostConfig.Sysctls'

/** Parameters of the IPC namespace. */
const ofIpc: ReadonlySet<string> = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
])

const pidMax = 'kernel.pid_max'

/** Namespaces that are not the container's own. */
export interface SharedNamespaces {
  readonly net: boolean
  readonly ipc: boolean
}

/** `key=value`. */
export const parseSysctl = (text: string): Checked<readonly [string, string]> => {
  const equals = text.indexOf('=')
  return equals < 1
    ? refuse(field, `Invalid sysctl option '${text}': want KEY=VALUE`)
    : E.right([text.slice(0, equals), text.slice(equals + 1)])
}

const isWellFormed = (key: string): boolean => /^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)+$/.test(key)

/** The OCI runtimes set no `kernel.pid_max`, also where the kernel has it per namespace. */
const checkSysctl = (key: string, shared: SharedNamespaces): Checked<string> => {
  if (key === pidMax)
    return refuse(field, `Sysctl '${pidMax}' is not kernel namespaced, it cannot be changed`)
  const isNet = key.startsWith('net.')
  const isIpc = ofIpc.has(key) || key.startsWith('fs.mqueue.')
  if (!isWellFormed(key) || !(isNet || isIpc))
    return refuse(
      field,
      `Sysctl '${key}' is not whitelist: want net.*, fs.mqueue.*, ${[...ofIpc].join(', ')}`,
    )
  if (isNet && shared.net)
    return refuse(field, `Sysctl '${key}' is not allowed: the network namespace is shared`)
  return isIpc && shared.ipc
    ? refuse(field, `Sysctl '${key}' is not allowed: the IPC namespace is shared`)
    : E.right(key)
}

export const checkSysctls = (
  sysctls: Readonly<Record<string, string>>,
  shared: SharedNamespaces,
): Checked<Readonly<Record<string, string>>> => {
  const keys = checkAll(Object.keys(sysctls), (key) => checkSysctl(key, shared))
  if (E.isLeft(keys)) return keys
  const wrong = Object.entries(sysctls).find(([, value]) => !/^[\x20-\x7e\t]+$/.test(value))
  return wrong === undefined
    ? E.right(sysctls)
    : refuse(field, `Invalid value "${wrong[1]}" of sysctl '${wrong[0]}': want one line of text`)
}
