/** The OCI runtime's command line as a port: start, state, delete. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import * as t from 'io-ts'
import * as E from 'fp-ts/lib/Either.js'
import { answering, indeterminate, notApplied } from '../../domain/ports/answer.ts'
import { runtimeRoot, type ContainerRef, type Layout } from '../../domain/ports/layout.ts'
import type { RuntimePort, RuntimeStatus } from '../../domain/ports/process-ports.ts'
import type { RuntimeCatalogue } from './runtime-catalogue.ts'
import { invocation, type Runtime } from './runtime-command.ts'
import { classifyByErrno, EffectFailure } from '../errors/effect-failure.ts'
import { classifyResult } from './runtime-errors.ts'
import { stateFiles } from './runtime-state-file.ts'
import { runProgram, type ProgramResult } from './run-program.ts'

export interface RuntimePortParts {
  readonly layout: Layout
  readonly catalogue: RuntimeCatalogue
  /** RT-FLOW-06: about two minutes. */
  readonly deadlineMs: number
}

const StateDocument = t.type({
  status: t.keyof({ creating: null, created: null, running: null, paused: null, stopped: null }),
})

/** The runtime's own directory of one container. */
export const runtimeState = (layout: Layout, ref: Pick<ContainerRef, 'id' | 'runtime'>): string =>
  `${runtimeRoot(layout, ref.runtime)}/${ref.id}`

export const requireRuntime = (catalogue: RuntimeCatalogue, name: string): Runtime => {
  const runtime = catalogue.find(name)
  if (runtime !== undefined) return runtime
  throw new EffectFailure(notApplied('ERUNTIME', `unknown runtime ${name}`))
}

const call = (p: RuntimePortParts, ref: ContainerRef, args: ReadonlyArray<string>) => {
  const runtime = requireRuntime(p.catalogue, ref.runtime)
  const program = invocation(runtime, runtimeRoot(p.layout, ref.runtime))
  return runProgram({
    file: program.file,
    args: [...program.args, ...args, ref.id],
    deadlineMs: p.deadlineMs,
  })
}

const parseStatus = (result: ProgramResult): RuntimeStatus => {
  if (result._tag !== 'Exited' || result.code !== 0) {
    throw new EffectFailure(classifyResult('runtime state', result))
  }
  const decoded = StateDocument.decode(JSON.parse(result.stdout))
  if (E.isRight(decoded)) return decoded.right.status
  throw new EffectFailure(indeterminate(`runtime state: unreadable answer ${result.stdout}`))
}

const status = async (p: RuntimePortParts, ref: ContainerRef): Promise<RuntimeStatus> => {
  const directory = runtimeState(p.layout, ref)
  if (!existsSync(directory)) return 'absent'
  if (!stateFiles.some((file) => existsSync(`${directory}/${file}`))) return 'creating'
  const result = await call(p, ref, ['state'])
  const vanished = !existsSync(directory)
  return vanished ? 'absent' : parseStatus(result)
}

/** A refused start whose container now runs may still have been ours: that must be observed. */
const start = async (p: RuntimePortParts, ref: ContainerRef): Promise<void> => {
  const result = await call(p, ref, ['start'])
  if (result._tag === 'Exited' && result.code === 0) return
  const failure = classifyResult('runtime start', result)
  if (failure._tag === 'NotApplied' && result._tag === 'Exited') {
    const now = await status(p, ref)
    if (now === 'running' || now === 'paused') {
      throw new EffectFailure(indeterminate(`${failure.detail}; yet the container is ${now}`))
    }
  }
  throw new EffectFailure(failure)
}

/** What a crash in `create` leaves may be no container to the runtime: then it is plain files. */
const remove = async (p: RuntimePortParts, ref: ContainerRef): Promise<void> => {
  const directory = runtimeState(p.layout, ref)
  if (!existsSync(directory)) return
  const result = await call(p, ref, ['delete', '--force'])
  if (!existsSync(directory)) return
  const whole = stateFiles.some((file) => existsSync(`${directory}/${file}`))
  if (whole || result._tag !== 'Exited') {
    throw new EffectFailure(classifyResult('runtime delete', result))
  }
  await rm(directory, { recursive: true, force: true })
}

export const makeRuntimePort = (p: RuntimePortParts): RuntimePort => ({
  start: (ref) => answering(() => start(p, ref), classifyByErrno),
  status: (ref) => answering(() => status(p, ref), classifyByErrno),
  remove: (ref) => answering(() => remove(p, ref), classifyByErrno),
})
