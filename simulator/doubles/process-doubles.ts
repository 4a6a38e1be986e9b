/** Runtime, process and cgroup ports on the simulated host. */
import { indeterminate, notApplied } from '../../domain/ports/answer.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import type {
  CgroupPort,
  LimitsRequest,
  ProcessPort,
  RuntimePort,
  RuntimeStatus,
} from '../../domain/ports/process-ports.ts'
import type { ContainerId } from '../../domain/identity.ts'
import { incarnation } from '../host/host-state.ts'
import { keyOf, type SimulatedHost } from '../host/simulated-host.ts'
import type { DaemonLife } from './daemon-life.ts'
import { effective, reading, type Part } from './port-call.ts'

const done = (): void => undefined

export const statusOf = (host: SimulatedHost, id: ContainerId): RuntimeStatus => {
  const status = host.volatile.runtime.get(id)?.status ?? 'absent'
  return status === 'running' && host.isFrozen(id) ? 'paused' : status
}

const start =
  (host: SimulatedHost, ref: ContainerRef): Part =>
  () => {
    const runtime = host.volatile.runtime.get(ref.id)
    const init = runtime === undefined ? undefined : host.find(runtime.init)
    // The start of somebody who was cut off looks just like this.
    if (runtime?.status === 'running')
      return indeterminate(`the container is ${statusOf(host, ref.id)}`)
    if (runtime?.status !== 'created' || init?.alive !== true)
      return notApplied('ERUNTIME', `cannot start a container in state ${statusOf(host, ref.id)}`)
    if (runtime.attempt !== ref.attempt)
      return notApplied('ERUNTIME', `attempt ${runtime.attempt} is there`)
    const program = host.program(ref.id, ref.attempt)
    if (program.startFails !== undefined) {
      host.notebook.refused.add(incarnation(ref.id, ref.attempt))
      host.end(init, 1)
      return notApplied('ERUNTIME', program.startFails)
    }
    runtime.status = 'running'
    host.begin(init, program)
    return undefined
  }

/** A cgroup that is still busy the runtimes leave with a warning. */
const oneInBusy = 8

/** Of a container that it does not know the runtime removes nothing. */
const removeRuntime =
  ({ host, prng }: DaemonLife, ref: ContainerRef): Part =>
  () => {
    const runtime = host.volatile.runtime.get(ref.id)
    const init = runtime === undefined ? undefined : host.find(runtime.init)
    if (init?.alive === true) host.end(init, 137)
    if (host.volatile.runtime.delete(ref.id) && !prng.oneIn(oneInBusy))
      host.volatile.cgroups.delete(ref.cgroupPath)
    return undefined
  }

export const runtimeDouble = (d: DaemonLife): RuntimePort => ({
  start: (ref) =>
    effective(d, {
      label: `start ${ref.id}/${ref.attempt}`,
      intent: `start ${ref.id}/${ref.attempt}`,
      parts: [start(d.host, ref)],
      value: done,
    }),
  status: (ref) => reading(d, `status ${ref.id}`, () => statusOf(d.host, ref.id)),
  remove: (ref) =>
    effective(d, {
      label: `delete ${ref.id}`,
      intent: `start ${ref.id}/${ref.attempt}`,
      parts: [removeRuntime(d, ref)],
      value: done,
    }),
})

export const processDouble = (d: DaemonLife): ProcessPort => ({
  signal: (process, signal) =>
    effective(d, {
      label: `signal ${signal} to ${process.pid}`,
      intent: undefined,
      parts: [
        () => {
          if (!Number.isInteger(signal) || signal < 1 || signal > 64)
            return notApplied('EINVAL', `${signal} is no signal number`)
          return d.host.signal(process, signal)
            ? undefined
            : notApplied('ESRCH', `process ${process.pid} is gone`)
        },
      ],
      value: done,
    }),
  isAlive: (process) => reading(d, `is ${process.pid} alive`, () => d.host.isAlive(process)),
})

/** A path that is not the container's own could be everybody's: nothing is done there. */
const inOwnCgroup =
  (ref: ContainerRef, part: Part): Part =>
  () => {
    const names = ref.cgroupPath.split('/')
    const own = names.length > 2 && names[0] === '' && names.at(-1) === ref.id
    return own && !names.includes('..')
      ? part()
      : notApplied('EINVAL', `${ref.cgroupPath} is not the cgroup of ${ref.id}`)
  }

const freeze =
  (host: SimulatedHost, ref: ContainerRef): Part =>
  () => {
    const cgroup = host.volatile.cgroups.get(ref.cgroupPath)
    if (cgroup === undefined) return notApplied('ENOENT', 'there is no such cgroup')
    cgroup.frozen = true
    return undefined
  }

const setLimits =
  (host: SimulatedHost, { ref, limits }: LimitsRequest): Part =>
  () => {
    const cgroup = host.volatile.cgroups.get(ref.cgroupPath)
    if (cgroup === undefined) return notApplied('ENOENT', 'there is no such cgroup')
    cgroup.limits = limits
    return undefined
  }

const removeCgroup =
  (host: SimulatedHost, ref: ContainerRef): Part =>
  () => {
    if (host.volatile.cgroups.has(ref.cgroupPath) && host.inCgroup(ref.id).length > 0)
      return notApplied('EBUSY', 'processes live in the cgroup')
    host.volatile.cgroups.delete(ref.cgroupPath)
    return undefined
  }

export const cgroupDouble = (d: DaemonLife): CgroupPort => {
  const change = (verb: string, intent: string | undefined, ref: ContainerRef, part: Part) =>
    effective(d, {
      label: `${verb} ${ref.id}`,
      intent,
      parts: [inOwnCgroup(ref, part)],
      value: done,
    })
  const thaw = (ref: ContainerRef): Part => {
    return () => {
      if (!d.host.volatile.cgroups.has(ref.cgroupPath))
        return notApplied('ENOENT', 'there is no such cgroup')
      d.host.thaw(ref.id)
      return undefined
    }
  }
  const killAll = (ref: ContainerRef): Part => {
    return () => {
      for (const process of d.host.inCgroup(ref.id)) {
        if (process.role === 'init') d.host.notebook.slain.add(keyOf(process))
        d.host.signal(process.identity, 9)
      }
      // The frozen would hear of it only after their thaw.
      d.host.thaw(ref.id)
      return undefined
    }
  }
  return {
    freeze: (ref) => change('freeze', `pause ${ref.id}`, ref, freeze(d.host, ref)),
    thaw: (ref) => change('thaw', undefined, ref, thaw(ref)),
    isFrozen: (ref) => reading(d, `is ${ref.id} frozen`, () => d.host.isFrozen(ref.id)),
    setLimits: (request) =>
      change('limit', `update ${request.ref.id}`, request.ref, setLimits(d.host, request)),
    killAll: (ref) => change('kill all of', `start ${ref.id}/${ref.attempt}`, ref, killAll(ref)),
    remove: (ref) =>
      change('remove cgroup of', `start ${ref.id}/${ref.attempt}`, ref, removeCgroup(d.host, ref)),
  }
}
