/** Hours of container life with every fault, seed by seed, and how much of it a second holds. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { faultKinds, type FaultKind } from '../../simulator/faults/fault-kinds.ts'
import { drawPlan } from '../../simulator/plan/draw-plan.ts'
import { runPlan, type PlanResult } from '../../simulator/plan/run-plan.ts'
import { suite } from '../testing/suite.ts'

const test = suite('soak')

/** Another base for another soak; a failure prints what replays it. */
const base = Number(process.env['SOAK_SEED'] ?? 1)
const seconds = Number(process.env['SOAK_SECONDS'] ?? 60)
const hours = 2
/** An hour counts with so many commands and so many faults of the host. */
const fullHour = { commands: 60, faults: 20 }
const everyTwentieth = 20

const sum = { runs: 0, hours: 0, commands: 0, effects: 0, faults: 0, twice: 0 }
const struck = new Map<FaultKind, number>()
const recoveries = new Set<string>()

const count = (result: PlanResult): void => {
  const isFull =
    result.commands >= fullHour.commands * hours && result.hostFaults >= fullHour.faults * hours
  sum.runs += 1
  sum.hours += isFull ? hours : 0
  sum.commands += result.commands
  sum.effects += result.effects
  sum.faults += result.hostFaults
  for (const { kind } of result.fired) struck.set(kind, (struck.get(kind) ?? 0) + 1)
  for (const one of result.recoveries) recoveries.add(one)
}

const assertHolds = ({ seed, violations }: PlanResult): void => {
  const broken = violations.map((v) => `${v.id} at ${v.atMs} ms: ${v.detail}`).join('\n')
  if (violations.length > 0)
    assert.unreachable(`isula-sim replay ${seed} --hours ${hours}\n${broken}`)
}

const held = 'W1 W2 W3 W4 W5 W6 W7 W8 W11 W12 J1 J2 J4 J5 J6 D1 D2 L1 L2 I2'

const soak = async (): Promise<void> => {
  const [begin, cpu] = [performance.now(), process.cpuUsage()]
  const spent = (): number => (performance.now() - begin) / 1000
  for (let seed = base; spent() < seconds; seed += 1) {
    const plan = drawPlan(seed, { hours })
    const result = await runPlan(plan)
    assertHolds(result)
    count(result)
    if (seed % everyTwentieth !== 0) continue
    const again = await runPlan(plan)
    assert.is(again.traceHash, result.traceHash, `M4: seed ${seed} has two traces`)
    sum.twice += 1
  }
  const { user, system } = process.cpuUsage(cpu)
  const cpuSeconds = (user + system) / 1e6
  const rate = (n: number): string => (n / cpuSeconds).toFixed(0)
  console.log(
    `${sum.runs} seeds from ${base}, ${sum.hours} full hours in ${spent().toFixed(0)} s; ` +
      `of one core: ${rate(sum.hours * 60)} hours a minute, ${rate(sum.commands)} commands, ` +
      `${rate(sum.effects)} effects, ${rate(sum.faults)} faults a second; ` +
      `${sum.twice} seeds ran twice`,
  )
}

const soakName = `${held} hold over hours of life with faults K1 to K8 and K10`
test(soakName, soak, (seconds + 120) * 1000)

test('M4 at least one seed in twenty ran twice, with the same trace', () => {
  assert.ok(sum.twice >= Math.floor(sum.runs / everyTwentieth))
})

test('M1 every kind of fault struck, and recovery took many branches', () => {
  for (const kind of Object.keys(faultKinds) as FaultKind[])
    console.log(`${String(struck.get(kind) ?? 0).padStart(6)} ${kind}`)
  for (const one of [...recoveries].sort()) console.log(`recovered: ${one}`)
  const missed = Object.keys(faultKinds).filter((kind) => !struck.has(kind as FaultKind))
  assert.equal(missed, [])
})

/** The trace's hash from a process of its own. */
const hashElsewhere = async (env: NodeJS.ProcessEnv, cwd: string, heapMb: number) => {
  const script = join(import.meta.dirname, 'one-seed.ts')
  const tsx = import.meta.resolve('tsx')
  const child = fork(script, ['77', String(hours)], {
    cwd,
    env: { ...process.env, ...env },
    execArgv: [`--max-old-space-size=${heapMb}`, '--import', tsx],
  })
  const [message] = (await once(child, 'message')) as [string]
  return message
}

test('M4 another zone, language, directory and heap change no line of the trace', async () => {
  const hashes = await Promise.all([
    hashElsewhere({ TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }, '/', 256),
    hashElsewhere({ TZ: 'America/St_Johns', LANG: 'C' }, import.meta.dirname, 1024),
  ])
  assert.is(hashes[0], hashes[1])
  assert.is(hashes[0], (await runPlan(drawPlan(77, { hours }))).traceHash)
})

test.run()
