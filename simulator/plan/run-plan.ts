/** Runs a plan: a safety phase in which anything may fail, then a liveness phase, then rest. */
import { noCrash } from '../faults/crash.ts'
import { faultSource } from '../faults/fault-source.ts'
import { unleash } from '../faults/nemesis.ts'
import type { PlantedBug } from '../faults/planted.ts'
import { auditJournal } from '../oracles/journal-oracle.ts'
import type { Client, Script } from '../run/client.ts'
import { load, remove, sampleImage, unpause } from '../run/sample-commands.ts'
import {
  checkAcknowledged,
  checkEmpty,
  checkFold,
  checkRest,
  emptyHost,
  play,
  reporting,
  settle,
  settleMs,
} from '../run/scenario.ts'
import { Simulation } from '../run/simulation.ts'
import type { Violation } from '../run/violation.ts'
import { drained } from '../schedule/drained.ts'
import type { PlacedFault, SimulationPlan } from './plan.ts'
import { recoveriesIn } from './recoveries.ts'

export interface PlanResult {
  readonly name: string
  readonly seed: number
  readonly violations: ReadonlyArray<Violation>
  readonly traceHash: string
  readonly trace: string
  readonly fired: ReadonlyArray<PlacedFault>
  readonly commands: number
  /** Effects that were invoked on the host. */
  readonly effects: number
  readonly hostFaults: number
  readonly simulatedMs: number
  readonly events: number
  /** What recoveries found and decided, each wording once, without ids. */
  readonly recoveries: ReadonlyArray<string>
  /** Why it did not come to rest; empty where it did. */
  readonly pending: ReadonlyArray<string>
}

const hourMs = 3_600_000
/** A hung effect is given up at its deadline, six hours at most; then all comes to rest (ms). */
const calmMs = 8 * hourMs + settleMs

/** Nobody waits for the one before: commands meet, and a client may have many calls open. */
const askAll = (s: Simulation, plan: SimulationPlan): ReadonlyArray<Promise<unknown>> => {
  const clients = new Map<string, Client>()
  const clientOf = (name: string): Client => {
    const client = clients.get(name) ?? s.client(name)
    clients.set(name, client)
    return client
  }
  return plan.commands.map(async ({ client: name, atMs, command }) => {
    const client = clientOf(name)
    await client.sleep(atMs)
    await client.call(command)
  })
}

/** An operator ends what would never end by itself: frozen containers and restless policies. */
const calm: Script = async (client) => {
  for (;;) {
    let restless: ReadonlyArray<Parameters<typeof remove>[0]> = []
    let frozen: typeof restless = []
    await client.until('the daemon serves', (world) => {
      const all = [...world.containers.values()]
      restless = all
        .filter((c) => c.host.RestartPolicy.Name !== 'no' && c.phase._tag !== 'Removing')
        .map((c) => c.id)
      frozen = all
        .filter((c) => c.phase._tag === 'Running' && c.phase.freezer._tag === 'Frozen')
        .map((c) => c.id)
      return true
    })
    if (restless.length + frozen.length === 0) return
    for (const id of frozen) await client.call(unpause(id))
    for (const id of restless) await client.call(remove(id, true))
    await client.sleep(1_000)
  }
}

const rest = async (s: Simulation, asked: Promise<unknown>): Promise<void> => {
  s.faults.stop()
  s.runtimeMissing = false
  await s.run(() => s.engine !== undefined, settleMs)
  if (!(await play(s, [['operator', calm]], calmMs))) return
  await settle(s, calmMs)
  await checkRest(s)
  if (!(await play(s, [['cleaner', emptyHost]], calmMs))) return
  let allAnswered = false
  asked.then(
    () => (allAnswered = true),
    (error: unknown) => s.broke(error),
  )
  if (!(await s.run(() => allAnswered, calmMs)))
    s.violated('L2', `clients still wait: ${[...s.waiting].join('; ')}`)
  await settle(s, calmMs)
  checkEmpty(s)
  checkFold(s)
  checkAcknowledged(s)
  const records = s.journal.records()
  auditJournal(records, { host: s.host, report: reporting(s), isSettled: true, isFaulty: true })
}

const perform = async (s: Simulation, plan: SimulationPlan): Promise<void> => {
  s.openDaemon()
  await play(s, [['setup', async (client) => void (await client.call(load(sampleImage(1))))]])
  s.faults.start()
  const asked = Promise.all(askAll(s, plan))
  unleash(s)
  const endMs = s.scheduler.nowMs + plan.hours * hourMs
  await s.run(() => s.scheduler.nowMs >= endMs, plan.hours * hourMs)
  await rest(s, asked)
}

export interface RunPlanOptions {
  readonly planted?: PlantedBug
}

/** Equal plans give equal traces, in every process (M4). */
export const runPlan = async (
  plan: SimulationPlan,
  { planted }: RunPlanOptions = {},
): Promise<PlanResult> => {
  const faults = faultSource(plan.seed, plan.faults)
  const { seed, programs } = plan
  const s = new Simulation({ seed, programs, crash: noCrash, planted, faults })
  const onRejection = (error: unknown): void => s.broke(error)
  process.on('unhandledRejection', onRejection)
  try {
    await perform(s, plan)
    await drained()
  } finally {
    process.off('unhandledRejection', onRejection)
    s.crash('the run is over', false)
  }
  const records = s.journal.records()
  return {
    name: plan.name,
    seed,
    violations: s.violations,
    traceHash: s.trace.hash,
    trace: s.trace.text,
    fired: faults.fired,
    commands: plan.commands.length,
    effects: s.effects,
    hostFaults: faults.fired.length,
    simulatedMs: s.scheduler.nowMs,
    events: records.length,
    recoveries: recoveriesIn(records),
    pending: [...s.waiting],
  }
}
