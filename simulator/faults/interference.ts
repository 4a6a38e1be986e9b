/** What others do to the host behind the daemon's back (K5), and what the kernel does (OOM). */
import type { ContainerId } from '../../domain/identity.ts'
import { incarnation, type HostProcess } from '../host/host-state.ts'
import { keyOf, type SimulatedHost } from '../host/simulated-host.ts'

const sigkill = 9

const nth = <A>(all: ReadonlyArray<A>, n: number): A | undefined =>
  all.length === 0 ? undefined : all[n % all.length]

const living = (host: SimulatedHost, role: HostProcess['role']): ReadonlyArray<HostProcess> =>
  [...host.volatile.processes.values()].filter((p) => p.alive && p.role === role)

/**
 * An init that is killed before its program began looks afterwards like one whose program began
 * and was killed: nobody can tell.
 */
const slay = (host: SimulatedHost, process: HostProcess): boolean => {
  const runtime = host.volatile.runtime.get(process.container)
  if (process.role === 'init' && runtime?.status === 'created')
    host.notebook.robbed.add(keyOf(process))
  return host.signal(process.identity, sigkill)
}

/** Kill of an init as by `runc kill`. */
const kill = (host: SimulatedHost, n: number): boolean => {
  const init = nth(living(host, 'init'), n)
  return init !== undefined && slay(host, init)
}

/** `runc delete --force`. */
const deleteRuntimeContainer = (host: SimulatedHost, n: number): boolean => {
  const id = nth([...host.volatile.runtime.keys()], n)
  if (id === undefined) return false
  const init = host.volatile.runtime.get(id)?.init
  const process = init === undefined ? undefined : host.find(init)
  const attempt = host.volatile.runtime.get(id)?.attempt
  if (process?.alive === true) slay(host, process)
  host.volatile.runtime.delete(id)
  if (attempt !== undefined) host.notebook.robbed.add(incarnation(id, attempt))
  host.notebook.taken.add(`runtime container ${id}`)
  return true
}

const unmount = (host: SimulatedHost, n: number): boolean => {
  const id = nth([...host.volatile.mounts.keys()], n)
  if (id === undefined) return false
  host.unmount(id)
  host.notebook.taken.add(`mount ${id}`)
  return true
}

/** rmdir: the kernel refuses it while processes live there. */
const removeCgroup = (host: SimulatedHost, n: number): boolean => {
  const empty = [...host.volatile.cgroups].filter(
    ([, c]) => host.inCgroup(c.container).length === 0,
  )
  const one = nth(empty, n)
  if (one === undefined) return false
  host.volatile.cgroups.delete(one[0])
  host.notebook.taken.add(`cgroup ${one[1].container}`)
  return true
}

const removeRunDirectory = (host: SimulatedHost, n: number): boolean => {
  const key = nth([...host.volatile.runDirectories.keys()], n)
  if (key === undefined) return false
  const run = host.volatile.runDirectories.get(key)
  host.volatile.runDirectories.delete(key)
  host.noteRecordGone(key)
  host.notebook.robbed.add(key)
  for (const exec of run?.execs.keys() ?? []) {
    host.noteRecordGone(`${key}/${exec}`)
    host.notebook.robbed.add(`${key}/${exec}`)
  }
  host.notebook.taken.add(`run directory ${key}`)
  return true
}

const oomKill = (host: SimulatedHost, n: number): boolean => {
  const init = nth(living(host, 'init'), n)
  if (init === undefined) return false
  const files = host.launchFiles(init)
  if (files !== undefined) files.oom = true
  return slay(host, init)
}

const killMonitor = (host: SimulatedHost, n: number): boolean => {
  const monitor = nth([...living(host, 'monitor'), ...living(host, 'exec-monitor')], n)
  if (monitor === undefined) return false
  // Of an exec's monitor the state holds nothing: it is missed by nobody.
  if (monitor.role === 'exec-monitor')
    host.notebook.taken.add(`process exec-monitor ${keyOf(monitor)}`)
  host.end(monitor, 128 + sigkill)
  return true
}

/** By kind: strikes the n-th target there is; false where there is none. */
export const interferences = {
  'foreign-kill': kill,
  'foreign-delete': deleteRuntimeContainer,
  'foreign-unmount': unmount,
  'foreign-cgroup-removal': removeCgroup,
  'state-file-removal': removeRunDirectory,
  'pid-reuse': (host: SimulatedHost) => host.reusePid(),
  'oom-kill-container': oomKill,
  'oom-kill-monitor': killMonitor,
} as const

export type Interference = keyof typeof interferences

/** What has just been done to a container is taken back by somebody else. */
export const undoByStranger = (host: SimulatedHost, label: string): void => {
  const [verb, rest = ''] = label.split(' ')
  const id = rest.split('/')[0] as ContainerId
  if (verb === 'freeze') return host.thaw(id)
  if (verb === 'mount') {
    host.unmount(id)
    host.notebook.taken.add(`mount ${id}`)
    return
  }
  for (const process of host.inCgroup(id)) slay(host, process)
}
