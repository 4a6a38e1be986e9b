/** Runs one more process in a container, under a monitor of its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'
import type { ProcessIdentity } from '../../domain/identity.ts'
import { rootfsMount, runtimeRoot } from '../../domain/ports/layout.ts'
import type { ExecRequest, Launched } from '../../domain/ports/process-ports.ts'
import { currentBoot } from '../kernel/proc.ts'
import { invocation } from '../runtime/runtime-command.ts'
import { runtimeMessage } from '../runtime/runtime-message.ts'
import { readAccountFiles } from './account-files.ts'
import { endLaunch } from './end-launch.ts'
import { execProcessDocument, rootfsOf } from './exec-process.ts'
import { proveLaunch, readPid } from './identity-proof.ts'
import { makeLaunchDirectories, requireExecutable } from './launch.ts'
import { writeLaunchRecord } from './launch-record.ts'
import { execArguments, type MonitorCall } from './monitor-command.ts'
import { classifyByErrno, EffectFailure } from '../errors/effect-failure.ts'
import { classifyAfterSpawn } from './monitor-errors.ts'
import { execFiles, incarnationFiles, terminalDirectory } from './monitor-files.ts'
import type { MonitorParts } from './monitor-parts.ts'
import { startMonitor, type StartedMonitor } from './start-monitor.ts'
import { streamKey } from './streams.ts'
import { readAnswer, type PipeAnswer } from './sync-pipe.ts'

const processFile = (call: MonitorCall): string => `${call.files.directory}/process.json`

const callOf = (p: MonitorParts, request: ExecRequest): MonitorCall => {
  const { ref, exec, process } = request
  return {
    id: ref.id,
    name: `exec-${exec.slice(0, 12)}`,
    files: execFiles(p.layout, ref, exec),
    runtime: invocation(requireExecutable(p, ref), runtimeRoot(p.layout, ref.runtime)),
    // The output of an exec belongs to its client alone.
    log: 'none',
    terminal: process.terminal,
    openStdin: process.openStdin,
    keepStdin: process.terminal,
    terminalSocketDirectory: terminalDirectory(p.layout, ref),
  }
}

const writeProcess = async (
  p: MonitorParts,
  request: ExecRequest,
  call: MonitorCall,
): Promise<void> => {
  const config = readFileSync(
    `${incarnationFiles(p.layout, request.ref).bundle}/config.json`,
    'utf8',
  )
  const rootfs = rootfsOf(config) ?? rootfsMount(p.layout, request.ref.id)
  const document = execProcessDocument(config, request.process, await readAccountFiles(rootfs))
  writeFileSync(processFile(call), document, { mode: 0o600 })
}

/** conmon opens its attach socket, and calls the runtime only after the client is there. */
const attachFirst = async (
  p: MonitorParts,
  monitor: StartedMonitor,
  connect: () => void,
): Promise<void> => {
  if (monitor.attach === undefined) return
  const listening = readAnswer(monitor.attach, p.deadlineMs)
  monitor.go()
  const answer = await listening
  if (answer._tag === 'Late') throw new EffectFailure(indeterminate('conmon: no attach socket'))
  if (answer._tag === 'Data') connect()
  monitor.go()
}

/** `Closed`: the monitor died on the way, and the command may have run. */
const requireStarted = (p: MonitorParts, answer: PipeAnswer): void => {
  if (answer._tag === 'Late') {
    throw new EffectFailure(indeterminate(`conmon: no answer after ${p.deadlineMs} ms`))
  }
  if (answer._tag === 'Closed') {
    throw new EffectFailure(indeterminate('conmon ended without an answer'))
  }
  if (answer.data < 0) {
    const text = runtimeMessage(answer.message) || `the runtime failed (${answer.data})`
    throw new EffectFailure(notApplied('ERUNTIME', text))
  }
}

const run = async (p: MonitorParts, request: ExecRequest, call: MonitorCall): Promise<void> => {
  const key = streamKey(request.ref.id, request.exec)
  const awaited = p.streams.isExpected(key)
  const monitor = await startMonitor({
    program: p.program,
    args: execArguments(call, processFile(call), awaited),
    cwd: call.files.directory,
    syncPath: call.files.sync,
    temporary: call.terminalSocketDirectory,
    awaited,
  })
  try {
    const answered = readAnswer(monitor.answers, p.deadlineMs)
    await attachFirst(p, monitor, () => {
      const { terminal, openStdin: open, keepStdin: kept } = call
      p.streams.connect(key, call.files, { terminal, open, kept })
    })
    await monitor.forked
    requireStarted(p, await answered)
  } finally {
    monitor.release()
  }
}

/** Ticks of 0 match no live process: this one was over before anybody could look at it. */
const unseen = (pidFile: string): ProcessIdentity => ({
  boot: currentBoot(),
  pid: readPid(pidFile) ?? 0,
  startTicks: 0,
})

/** A very short command may have ended already: its exit record then says the rest. */
const recordLaunched = (request: ExecRequest, call: MonitorCall): Launched => {
  const proved = proveLaunch(call.files, request.ref.cgroupPath)
  const init = proved.init ?? unseen(call.files.pidFile)
  const monitor = proved.monitor ?? unseen(call.files.monitorPidFile)
  writeLaunchRecord(call.files.record, { init, monitor })
  return { init, monitor }
}

/** The runtime's refusal is final; all that is left is the monitor on its way out. */
const afterFailure = async (
  p: MonitorParts,
  call: MonitorCall,
  failure: EffectError,
): Promise<EffectError> => {
  if (failure._tag === 'Indeterminate') return failure
  try {
    await endLaunch(p, call.files.directory)
    await rm(call.files.directory, { recursive: true, force: true })
    return failure
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return indeterminate(`${failure.detail}; and it could not be undone: ${text}`)
  }
}

const attempt = async (p: MonitorParts, request: ExecRequest, call: MonitorCall) => {
  try {
    await writeProcess(p, request, call)
  } catch (error) {
    throw new EffectFailure(classifyByErrno(error))
  }
  await run(p, request, call)
  return recordLaunched(request, call)
}

export const exec = async (p: MonitorParts, request: ExecRequest): Promise<Launched> => {
  const call = callOf(p, request)
  if (existsSync(call.files.exits)) {
    throw new EffectFailure(notApplied('EEXIST', `exec ${request.exec} was started before`))
  }
  try {
    await makeLaunchDirectories(p, request.ref, call.files)
    return await attempt(p, request, call)
  } catch (error) {
    const failure = new EffectFailure(await afterFailure(p, call, classifyAfterSpawn(error)))
    p.streams.abandon(streamKey(request.ref.id, request.exec), failure.message)
    throw failure
  }
}
