/**
 * The monitor port: launches and execs are made in two parts, as conmon and the runtime make
 * them.
 */
import type { ExecId } from '../../domain/identity.ts'
import { notApplied, type EffectError } from '../../domain/ports/answer.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import type {
  ExecRequest,
  Launched,
  LaunchObservation,
  LaunchRequest,
  MonitorPort,
} from '../../domain/ports/process-ports.ts'
import {
  incarnation,
  noFiles,
  type HostProcess,
  type LaunchFiles,
  type RuntimeContainer,
} from '../host/host-state.ts'
import { execProgram } from '../host/program.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import { refusedUser } from './accounts.ts'
import type { DaemonLife } from './daemon-life.ts'
import { effective, reading, type Part } from './port-call.ts'

export const observationOf = (
  host: SimulatedHost,
  files: LaunchFiles | undefined,
): LaunchObservation => {
  const seen = (which: 'init' | 'monitor') => {
    const identity = files?.[which]
    return identity === undefined ? {} : { [which]: { identity, alive: host.isAlive(identity) } }
  }
  return {
    ...seen('init'),
    ...seen('monitor'),
    ...(files?.exit === undefined ? {} : { exit: files.exit }),
    oomKilled: files?.oom === true,
  }
}

const launchedOf = (files: LaunchFiles | undefined): Launched => {
  if (files?.init === undefined || files.monitor === undefined)
    throw new Error('a launch was answered before it was complete')
  return { init: files.init, monitor: files.monitor }
}

const who = (ref: ContainerRef) => ({ container: ref.id, attempt: ref.attempt })

const refusedLaunch = (host: SimulatedHost, ref: ContainerRef): EffectError | undefined => {
  const run = host.runDirectory(ref.id, ref.attempt)
  if (run?.monitor !== undefined) return notApplied('EEXIST', 'it was launched before')
  if (host.volatile.runtime.has(ref.id)) return notApplied('EEXIST', 'the runtime has it still')
  if (!host.durable.directories.has(ref.id)) return notApplied('EMONITOR', 'no place for the log')
  if (run?.bundle !== true) return notApplied('ERUNTIME', 'the bundle is missing')
  if (!host.volatile.mounts.has(ref.id)) return notApplied('ERUNTIME', 'the rootfs is not mounted')
  const missing = run.volumes?.find((volume) => !host.durable.volumes.has(volume))
  if (missing !== undefined) return notApplied('ERUNTIME', `volume ${missing} is missing`)
  return undefined
}

/** The monitor of one call: only it may go on with that call's second part. */
interface Serving {
  monitor: HostProcess | undefined
}

const beginMonitor =
  (host: SimulatedHost, ref: ContainerRef, serving: Serving): Part =>
  () => {
    const refused = refusedLaunch(host, ref)
    const run = host.runDirectory(ref.id, ref.attempt)
    if (refused !== undefined || run === undefined) return refused
    host.notebook.taken.delete(`run directory ${incarnation(ref.id, ref.attempt)}`)
    const newcomer = { role: 'monitor', exec: undefined, ...who(ref) } as const
    serving.monitor = host.spawn(newcomer, {})
    run.monitor = serving.monitor.identity
    return undefined
  }

const createContainer =
  (host: SimulatedHost, ref: ContainerRef, serving: Serving): Part =>
  () => {
    const { monitor } = serving
    const run = host.runDirectory(ref.id, ref.attempt)
    if (run === undefined && monitor !== undefined) host.end(monitor, 1)
    if (run === undefined || monitor?.alive !== true)
      return notApplied('EMONITOR', 'the monitor is gone')
    const program = host.program(ref.id, ref.attempt)
    if (program.launchFails !== undefined) {
      host.end(monitor, 1)
      run.monitor = undefined
      return notApplied('ERUNTIME', program.launchFails)
    }
    host.notebook.taken.delete(`cgroup ${ref.id}`)
    host.notebook.taken.delete(`runtime container ${ref.id}`)
    const { limits } = run
    host.volatile.cgroups.set(ref.cgroupPath, { container: ref.id, frozen: false, limits })
    const init = host.spawn({ role: 'init', exec: undefined, ...who(ref) }, program).identity
    run.init = init
    host.volatile.runtime.set(ref.id, { attempt: ref.attempt, init, status: 'created' })
    return undefined
  }

/** The runtimes take an exec before the start as well. */
const canExec = (runtime: RuntimeContainer | undefined): boolean =>
  runtime?.status === 'created' || runtime?.status === 'running'

const refusedExec = (host: SimulatedHost, request: ExecRequest): EffectError | undefined => {
  const { ref, exec } = request
  const run = host.runDirectory(ref.id, ref.attempt)
  const runtime = host.volatile.runtime.get(ref.id)
  if (run?.execs.has(exec) === true) return notApplied('EEXIST', 'the exec was started before')
  if (run === undefined) return notApplied('ENOENT', 'the bundle is missing')
  if (!canExec(runtime)) return notApplied('ERUNTIME', 'the container is not running')
  if (host.isFrozen(ref.id)) return notApplied('ERUNTIME', 'the container is paused')
  return refusedUser(request.process.user)
}

const beginExecMonitor =
  (host: SimulatedHost, request: ExecRequest, serving: Serving): Part =>
  () => {
    const { ref, exec } = request
    const refused = refusedExec(host, request)
    const run = host.runDirectory(ref.id, ref.attempt)
    if (refused !== undefined || run === undefined) return refused
    serving.monitor = host.spawn({ role: 'exec-monitor', exec, ...who(ref) }, {})
    run.execs.set(exec, { ...noFiles(), monitor: serving.monitor.identity })
    return undefined
  }

const beginExec =
  (host: SimulatedHost, request: ExecRequest, serving: Serving): Part =>
  () => {
    const { monitor } = serving
    const { ref, exec } = request
    const execs = host.runDirectory(ref.id, ref.attempt)?.execs
    const files = execs?.get(exec)
    if (files === undefined && monitor !== undefined) host.end(monitor, 1)
    if (files === undefined || monitor?.alive !== true)
      return notApplied('EMONITOR', 'the monitor is gone')
    const program = execProgram(request.process.args)
    const isThere = canExec(host.volatile.runtime.get(ref.id))
    if (program.startFails !== undefined || !isThere) {
      host.end(monitor, 1)
      execs?.delete(exec)
      return notApplied('ERUNTIME', program.startFails ?? 'the container is not running')
    }
    const process = host.spawn({ role: 'exec', exec, ...who(ref) }, program)
    files.init = process.identity
    host.begin(process, program)
    return undefined
  }

/** A living monitor goes, and before it all that is below it: the init, or the exec's process. */
const clearLaunch = (host: SimulatedHost, files: LaunchFiles | undefined): void => {
  const monitor = files?.monitor === undefined ? undefined : host.find(files.monitor)
  if (monitor?.alive !== true) return
  if (files?.init !== undefined) host.signal(files.init, 9)
  host.end(monitor, 137)
}

const clear =
  (host: SimulatedHost, ref: ContainerRef): Part =>
  () => {
    const key = incarnation(ref.id, ref.attempt)
    const run = host.volatile.runDirectories.get(key)
    for (const files of [run, ...(run?.execs.values() ?? [])]) clearLaunch(host, files)
    host.volatile.runDirectories.delete(key)
    host.noteRecordGone(key)
    for (const exec of run?.execs.keys() ?? []) host.noteRecordGone(`${key}/${exec}`)
    return undefined
  }

const clearExec =
  (host: SimulatedHost, ref: ContainerRef, exec: ExecId): Part =>
  () => {
    const execs = host.runDirectory(ref.id, ref.attempt)?.execs
    const files = execs?.get(exec)
    clearLaunch(host, files)
    const process = files?.init === undefined ? undefined : host.find(files.init)
    if (process !== undefined) host.signal(process.identity, 9)
    execs?.delete(exec)
    host.noteRecordGone(`${incarnation(ref.id, ref.attempt)}/${exec}`)
    return undefined
  }

const done = (): void => undefined

const launch = (d: DaemonLife, { ref }: LaunchRequest) => {
  const serving: Serving = { monitor: undefined }
  return effective(d, {
    label: `launch ${ref.id}/${ref.attempt}`,
    intent: `start ${ref.id}/${ref.attempt}`,
    parts: [
      () =>
        d.isRuntimeMissing()
          ? notApplied('ENOENT', 'the runtime is not installed')
          : beginMonitor(d.host, ref, serving)(),
      createContainer(d.host, ref, serving),
    ],
    value: () => launchedOf(d.host.runDirectory(ref.id, ref.attempt)),
    independent: true,
  })
}

const exec = (d: DaemonLife, request: ExecRequest) => {
  const { ref } = request
  const serving: Serving = { monitor: undefined }
  return effective(d, {
    label: `exec ${ref.id}/${ref.attempt}/${request.exec}`,
    intent: `exec ${ref.id}/${request.exec}`,
    parts: [beginExecMonitor(d.host, request, serving), beginExec(d.host, request, serving)],
    value: () => launchedOf(d.host.runDirectory(ref.id, ref.attempt)?.execs.get(request.exec)),
    independent: true,
  })
}

export const monitorDouble = (d: DaemonLife): MonitorPort => ({
  launch: (request) => launch(d, request),
  exec: (request) => exec(d, request),
  observe: (ref) =>
    reading(d, `observe ${ref.id}/${ref.attempt}`, () =>
      observationOf(d.host, d.host.runDirectory(ref.id, ref.attempt)),
    ),
  observeExec: (ref, id) =>
    reading(d, `observe exec ${ref.id}/${ref.attempt}/${id}`, () =>
      observationOf(d.host, d.host.runDirectory(ref.id, ref.attempt)?.execs.get(id)),
    ),
  clear: (ref) =>
    effective(d, {
      label: `clear ${ref.id}/${ref.attempt}`,
      intent: `start ${ref.id}/${ref.attempt}`,
      parts: [clear(d.host, ref)],
      value: done,
    }),
  clearExec: (ref, id) =>
    effective(d, {
      label: `clear exec ${ref.id}/${ref.attempt}/${id}`,
      intent: `exec ${ref.id}/${id}`,
      parts: [clearExec(d.host, ref, id)],
      value: done,
    }),
})
