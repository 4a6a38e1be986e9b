/** Starts a monitor that makes a container; the init then waits in `created` for `start`. */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'
import { logFile, runtimeRoot, type ContainerRef } from '../../domain/ports/layout.ts'
import type { Launched, LaunchRequest } from '../../domain/ports/process-ports.ts'
import { isExecutable } from '../runtime/runtime-catalogue.ts'
import { creatingInvocation, type Runtime } from '../runtime/runtime-command.ts'
import { runtimeMessage } from '../runtime/runtime-message.ts'
import { requireRuntime, runtimeState } from '../runtime/runtime-port.ts'
import { endLaunch } from './end-launch.ts'
import { proveLaunch } from './identity-proof.ts'
import { writeLaunchRecord } from './launch-record.ts'
import { launchArguments, type MonitorCall } from './monitor-command.ts'
import { classifyByErrno, EffectFailure } from '../errors/effect-failure.ts'
import { classifyAfterSpawn } from './monitor-errors.ts'
import { incarnationFiles, terminalDirectory, type LaunchFiles } from './monitor-files.ts'
import type { MonitorParts } from './monitor-parts.ts'
import { startMonitor } from './start-monitor.ts'
import { streamKey } from './streams.ts'
import { readAnswer } from './sync-pipe.ts'

/** The container's runtime, if its binary is still there. */
export const requireExecutable = (p: MonitorParts, ref: ContainerRef): Runtime => {
  const runtime = requireRuntime(p.catalogue, ref.runtime)
  if (!isExecutable(runtime.path)) {
    const text = `the binary ${runtime.path} of runtime ${ref.runtime} cannot be executed`
    throw new EffectFailure(notApplied('ERUNTIME', text))
  }
  return runtime
}

/** Both must be new: a launch happens at most once, never over a stale runtime object. */
const requireFresh = (p: MonitorParts, ref: ContainerRef, files: LaunchFiles): void => {
  if (existsSync(files.exits)) {
    throw new EffectFailure(notApplied('EEXIST', `attempt ${ref.attempt} was launched before`))
  }
  if (existsSync(runtimeState(p.layout, ref))) {
    throw new EffectFailure(notApplied('EEXIST', `runtime ${ref.runtime} still has ${ref.id}`))
  }
}

export const makeLaunchDirectories = async (
  p: MonitorParts,
  ref: ContainerRef,
  files: LaunchFiles,
): Promise<void> => {
  const mode = 0o700
  await mkdir(files.bundle, { recursive: true, mode })
  await mkdir(files.exits, { mode })
  await mkdir(files.persist, { mode })
  await mkdir(terminalDirectory(p.layout, ref), { recursive: true, mode })
}

/** conmon's answer without any data means that it ended before the runtime had answered. */
const failureOf = (data: number, message: string): EffectError =>
  notApplied(
    'ERUNTIME',
    runtimeMessage(message) || `the runtime failed (${data}) without a message`,
  )

const awaitCreated = async (p: MonitorParts, call: MonitorCall): Promise<void> => {
  const monitor = await startMonitor({
    program: p.program,
    args: launchArguments(call),
    cwd: call.files.directory,
    syncPath: call.files.sync,
    temporary: call.terminalSocketDirectory,
    awaited: false,
  })
  try {
    const answered = readAnswer(monitor.answers, p.deadlineMs)
    await monitor.forked
    const answer = await answered
    if (answer._tag === 'Late') {
      throw new EffectFailure(indeterminate(`conmon: no answer after ${p.deadlineMs} ms`))
    }
    if (answer._tag === 'Closed') throw new EffectFailure(failureOf(0, ''))
    if (answer.data < 0) throw new EffectFailure(failureOf(answer.data, answer.message))
  } finally {
    monitor.release()
  }
}

const recordLaunched = (ref: ContainerRef, files: LaunchFiles): Launched => {
  const { init, monitor } = proveLaunch(files, ref.cgroupPath)
  if (init === undefined || monitor === undefined) {
    throw new EffectFailure(indeterminate('the launched processes were gone before they were seen'))
  }
  writeLaunchRecord(files.record, { init, monitor })
  return { init, monitor }
}

/** Everything but the bundle, which the launch did not make. Throws where something stays. */
const undo = async (p: MonitorParts, ref: ContainerRef, files: LaunchFiles): Promise<void> => {
  await endLaunch(p, files.directory)
  for (const step of [p.cgroup.killAll, p.runtime.remove, p.cgroup.remove]) {
    const answer = await step(ref)()
    if (answer._tag === 'Left') throw new EffectFailure(answer.left)
  }
  const made = ['sync', 'pidfile', 'conmon.pid', 'exits', 'persist', 'oom', 'launch.json']
  const inBundle = ['attach', 'ctl', 'winsz']
  const paths = [
    ...made.map((name) => `${files.directory}/${name}`),
    ...inBundle.map((name) => `${files.bundle}/${name}`),
    terminalDirectory(p.layout, ref),
  ]
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })))
}

/** Before `start` no process of the user has run, so a failed launch can be undone in full. */
const afterFailure = async (
  p: MonitorParts,
  ref: ContainerRef,
  failure: EffectError,
): Promise<EffectError> => {
  if (failure._tag === 'Indeterminate') return failure
  try {
    await undo(p, ref, incarnationFiles(p.layout, ref))
    return failure
  } catch (error) {
    const effect = classifyByErrno(error)
    const left = effect._tag === 'NotApplied' ? effect.detail : effect.reason
    return indeterminate(`${failure.detail}; and it could not be undone: ${left}`)
  }
}

const callOf = (p: MonitorParts, request: LaunchRequest): MonitorCall => {
  const { ref } = request
  return {
    id: ref.id,
    name: request.name,
    files: incarnationFiles(p.layout, ref),
    runtime: creatingInvocation(requireExecutable(p, ref), runtimeRoot(p.layout, ref.runtime)),
    log: request.unlogged === true ? 'none' : `k8s-file:${logFile(p.layout, ref)}`,
    terminal: request.terminal,
    openStdin: request.openStdin,
    // A terminal has its own end-of-file key; without an announced client nobody ends stdin.
    keepStdin: request.terminal || !p.streams.isExpected(streamKey(ref.id)),
    terminalSocketDirectory: terminalDirectory(p.layout, ref),
    noPivot: request.noPivot === true,
  }
}

export const launch = async (p: MonitorParts, request: LaunchRequest): Promise<Launched> => {
  const { ref } = request
  const call = callOf(p, request)
  requireFresh(p, ref, call.files)
  await makeLaunchDirectories(p, ref, call.files)
  try {
    await awaitCreated(p, call)
    const { terminal, openStdin: open, keepStdin: kept } = call
    p.streams.connect(streamKey(ref.id), call.files, { terminal, open, kept })
    return recordLaunched(ref, call.files)
  } catch (error) {
    const failure = new EffectFailure(await afterFailure(p, ref, classifyAfterSpawn(error)))
    p.streams.abandon(streamKey(ref.id), failure.message)
    throw failure
  }
}
