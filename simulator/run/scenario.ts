/** Runs one scenario from set-up to an empty host and reports every broken invariant. */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import { stateHash } from '../../journal/fold/world-snapshot.ts'
import { noCrash, type CrashPlan } from '../faults/crash.ts'
import type { PlantedBug } from '../faults/planted.ts'
import { auditJournal, foldOf } from '../oracles/journal-oracle.ts'
import { recordedEvent } from '../oracles/intents.ts'
import { holdingsOf } from '../oracles/holdings.ts'
import { checkWorld, unsettled, type Report } from '../oracles/world-oracle.ts'
import { drained } from '../schedule/drained.ts'
import type { Script } from './client.ts'
import { load, remove, removeImage, removeVolume, sampleImage } from './sample-commands.ts'
import { sayResult, Simulation } from './simulation.ts'
import type { Programs } from '../host/simulated-host.ts'
import type { Violation } from './violation.ts'

export interface Template {
  readonly name: string
  readonly programs: Programs
  /** One client each. */
  readonly scripts: ReadonlyArray<Script>
  /** A container restarts again and again, so that nothing comes to rest before it is removed. */
  readonly restless?: boolean
}

export interface RunOptions {
  readonly seed: number
  readonly crash?: CrashPlan
  readonly planted?: PlantedBug
}

export interface RunResult {
  readonly template: string
  readonly seed: number
  readonly violations: ReadonlyArray<Violation>
  /** Boundaries of the first daemon. */
  readonly boundaries: number
  /** Boundaries of the second daemon's recovery, up to its first lull. */
  readonly recoveryBoundaries: number
  readonly traceHash: string
  readonly trace: string
  readonly events: number
  readonly simulatedMs: number
}

/** Everything must have come to rest after so long (ms): 60 s of giving up a stop, and some. */
export const settleMs = 400_000
const scriptMs = 900_000

/** Member order is no difference. */
const canonicalText = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )

const isQuiet = (s: Simulation): boolean =>
  s.engine !== undefined &&
  s.engine.effectsInFlight === 0 &&
  !s.scheduler.pending((step) => step.kind === 'work')

const whyUnsettled = (s: Simulation): string | undefined => {
  const { engine } = s
  if (engine === undefined) return 'the daemon does not serve'
  if (s.scheduler.pending((step) => step.kind === 'fate')) return 'a process will end by itself'
  return unsettled(engine.world, s.host) ?? (isQuiet(s) ? undefined : 'work is under way')
}

export const settle = async (s: Simulation, limitMs = settleMs): Promise<void> => {
  const calm = await s.run(() => isQuiet(s) && whyUnsettled(s) === undefined, limitMs)
  if (!calm) s.violated('L2', `not at rest after ${limitMs} ms: ${whyUnsettled(s) ?? 'nothing'}`)
}

/** Answers false when a client is left waiting: the rest of the run would prove nothing. */
export const play = async (
  s: Simulation,
  scripts: ReadonlyArray<readonly [string, Script]>,
  limitMs = scriptMs,
): Promise<boolean> => {
  let open = scripts.length
  for (const [name, script] of scripts)
    script(s.client(name)).then(
      () => (open -= 1),
      (error: unknown) => s.broke(error),
    )
  const ended = await s.run(() => open === 0, limitMs)
  if (!ended) s.violated('L2', `clients still wait: ${[...s.waiting].join('; ')}`)
  return ended
}

export const reporting =
  (s: Simulation): Report =>
  (id, detail) =>
    s.violated(id, detail)

export const checkFold = (s: Simulation): void => {
  const live = s.engine?.world
  if (live !== undefined && stateHash(live) !== stateHash(foldOf(s.journal.records())))
    s.violated('J6', 'the live state is not the fold of the journal')
}

/** No event says that a detached exec was begun: a removal may overtake that answer (exec -d). */
const isDetachedExec = (command: Command): boolean =>
  command._tag === 'ExecInContainer' && command.detached

/** A repetition reads the history of its entity: of many answers so many are asked for again. */
const mostRepetitions = 12

/** The same request id gets the same answer (W12, I12). */
const askAgain = async (s: Simulation): Promise<void> => {
  const stride = Math.ceil(s.answers.length / mostRepetitions)
  for (const { call, result } of s.answers.filter((_, n) => n % stride === 0)) {
    const { requestId, command } = call
    if (E.isLeft(result) || result.right.events.length === 0 || isDetachedExec(command)) continue
    const again = s.engine?.submit(command, { actor: 'client', requestId, causation: 0 })
    let second: typeof result | undefined
    again?.then(
      (r) => (second = E.isRight(r) ? r : undefined),
      (error: unknown) => s.broke(error),
    )
    await s.run(() => second !== undefined, 1_000)
    if (second === undefined || canonicalText(second.right) !== canonicalText(result.right)) {
      const said = second === undefined ? 'nothing' : sayResult(second)
      s.violated('W12', `${requestId} was answered ${sayResult(result)}, then ${said}`)
    }
  }
}

export const checkAcknowledged = (s: Simulation): void => {
  const requests = new Set(s.journal.records().map((r) => recordedEvent(r).envelope.request))
  for (const { call, result } of s.answers)
    if (E.isRight(result) && result.right.events.length > 0 && !requests.has(call.requestId))
      s.violated('J2', `${call.requestId} was acknowledged and is not in the journal`)
}

const restartDaemon = async (s: Simulation): Promise<void> => {
  s.crash('at rest', false)
  await s.run(() => s.engine !== undefined, settleMs)
  await settle(s)
}

/**
 * A second recovery finds nothing to do (L1, I10): it says that it has begun, and no more. A fault
 * that still waits for a recovery may end its daemon; then the next one says so as well.
 */
const checkRecoveryTwice = async (s: Simulation): Promise<void> => {
  await restartDaemon(s)
  const before = s.journal.records().length
  await restartDaemon(s)
  const added = s.journal
    .records()
    .slice(before)
    .map((r) => recordedEvent(r).event)
  const starts = added.filter((event) => event._tag === 'EngineStarted')
  const daemons = new Set(starts.map(({ pid }) => pid))
  if (starts.length === 0 || starts.length !== added.length || daemons.size !== starts.length)
    s.violated('L1', `the second recovery appended ${added.map((e) => e._tag).join(' ')}`)
}

export const checkRest = async (s: Simulation): Promise<void> => {
  const report = reporting(s)
  if (s.engine !== undefined) checkWorld(s.engine.world, s.host, report)
  checkFold(s)
  await askAgain(s)
  await checkRecoveryTwice(s)
  await askAgain(s)
  checkFold(s)
  if (s.engine !== undefined) checkWorld(s.engine.world, s.host, report)
}

export const emptyHost: Script = async (client) => {
  const failed: string[] = []
  await client.until('the daemon serves', () => true)
  let ids: ReadonlyArray<Parameters<typeof remove>[0]> = []
  await client.until('containers are known', (w) => {
    ids = [...w.containers.keys()]
    return true
  })
  for (const id of ids) {
    const result = await client.call(remove(id, true))
    if (E.isLeft(result)) failed.push(result.left._tag)
  }
  let volumes: ReadonlyArray<Parameters<typeof removeVolume>[0]> = []
  await client.until('volumes are known', (w) => {
    volumes = [...w.volumes.keys()]
    return true
  })
  for (const volume of volumes) await client.call(removeVolume(volume))
  for (const n of [1, 2]) await client.call(removeImage(n, true))
}

export const checkEmpty = (s: Simulation): void => {
  for (const one of holdingsOf(s.host))
    s.violated(one.startsWith('process') ? 'W2' : 'W6', `left over after removal: ${one}`)
  const { engine } = s
  if (engine !== undefined && engine.world.containers.size > 0)
    s.violated('W8', 'a removed container is still known')
}

const perform = async (s: Simulation, template: Template): Promise<void> => {
  s.openDaemon()
  await play(s, [['setup', async (client) => void (await client.call(load(sampleImage(1))))]])
  s.arm(true)
  const ended = await play(
    s,
    template.scripts.map((script, i) => [`client${i + 1}`, script]),
  )
  if (!ended) return
  if (template.restless !== true) await settle(s)
  s.arm(false)
  await s.run(() => s.engine !== undefined, settleMs)
  if (template.restless !== true) await checkRest(s)
  if (!(await play(s, [['cleaner', emptyHost]]))) return
  await settle(s)
  checkEmpty(s)
  checkFold(s)
  checkAcknowledged(s)
  auditJournal(s.journal.records(), {
    host: s.host,
    report: reporting(s),
    isSettled: true,
    isFaulty: false,
  })
}

export const runScenario = async (template: Template, options: RunOptions): Promise<RunResult> => {
  const { seed, planted } = options
  const crash = options.crash ?? noCrash
  const s = new Simulation({ seed, programs: template.programs, crash, planted })
  const onRejection = (error: unknown): void => s.broke(error)
  process.on('unhandledRejection', onRejection)
  try {
    await perform(s, template)
    await drained()
  } finally {
    process.off('unhandledRejection', onRejection)
    s.crash('the run is over', false)
  }
  return {
    template: template.name,
    seed,
    violations: s.violations,
    boundaries: s.boundaries[1] ?? 0,
    recoveryBoundaries: s.recoveryBoundaries[2] ?? s.boundaries[2] ?? 0,
    traceHash: s.trace.hash,
    trace: s.trace.text,
    events: s.journal.records().length,
    simulatedMs: s.scheduler.nowMs,
  }
}
