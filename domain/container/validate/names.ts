/** Names that users give: containers, hosts, runtimes, cgroup parents. */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from './refusal.ts'

const allowed = '^/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$'
const containerNamePattern = new RegExp(allowed)
const maxNameLength = 1024

/** Spec 23: at least 2, at most 1024 characters. Empty: the name is the id (CLI-REF-03). */
export const checkContainerName = (name: string): Checked<string> =>
  name === '' || (name.length <= maxNameLength && containerNamePattern.test(name))
    ? E.right(name)
    : refuse(
        'name',
        `Invalid container name (${name.slice(0, 80)}), only ${allowed} and at most ` +
          `${maxNameLength} characters are allowed.`,
      )

/** sethostname(2): at most 64 bytes; labels as in RFC 1123, underscores tolerated. */
export const checkHostname = (name: string): Checked<string> =>
  name === '' || (name.length <= 64 && /^[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?$/.test(name))
    ? E.right(name)
    : refuse(
        'ContainerConfig.Hostname',
        `Invalid hostname "${name.slice(0, 80)}": want at most 64 letters, digits, dots and dashes`,
      )

/** Relative and absolute forms are both accepted (CFG-CGROUP-01). */
export const checkCgroupParent = (path: string): Checked<string> =>
  /^[^\0\n]{0,1024}$/.test(path) && !path.split('/').includes('..')
    ? E.right(path)
    : refuse('HostConfig.CgroupParent', `Invalid cgroup parent "${path}": must not contain ".."`)

export interface RuntimeChoice {
  /** Empty: none was named. */
  readonly wanted: string
  readonly fallback: string
  /** Names that may be chosen; empty: any. */
  readonly known: ReadonlyArray<string>
}

/** Compares without regard to case (CLI-RT-01, CFG-RT-04). */
export const checkRuntime = ({ wanted, fallback, known }: RuntimeChoice): Checked<string> => {
  const name = wanted === '' ? fallback : wanted
  if (!/^[a-zA-Z0-9_.-]{1,64}$/.test(name))
    return refuse('HostConfig.Runtime', `Invalid runtime name "${name.slice(0, 80)}"`)
  if (known.length === 0) return E.right(name.toLowerCase())
  const found = known.find((other) => other.toLowerCase() === name.toLowerCase())
  return found === undefined
    ? refuse(
        'HostConfig.Runtime',
        `Invalid runtime name (${name}): want one of ${known.join(', ')}`,
      )
    : E.right(found)
}
