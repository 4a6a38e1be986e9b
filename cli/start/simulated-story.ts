/** The tour's story, simulated: a container, a kill -9 of its daemon, the same process. */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import { sameProcess, type ProcessIdentity } from '../../domain/identity.ts'
import { verifySource } from '../../journal/audit/verify-source.ts'
import { genesisHash } from '../../journal/record/hash-chain.ts'
import { noCrash } from '../../simulator/faults/crash.ts'
import { forever } from '../../simulator/host/program.ts'
import { checkWorld } from '../../simulator/oracles/world-oracle.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { play, settle } from '../../simulator/run/scenario.ts'
import { Simulation } from '../../simulator/run/simulation.ts'

const name = 'first'
const id = c.containerNumber(1)
const patienceMs = 60_000

const s = new Simulation({ seed: 1, programs: { [id]: [forever] }, crash: noCrash })

const say = (text: string): void =>
  console.log(`${String(s.scheduler.nowMs).padStart(8)} ms  ${text}`)

const ask = async (client: string, command: Command): Promise<void> => {
  const script = async (as: ReturnType<typeof s.client>): Promise<void> => {
    const result = await as.call(command)
    if (E.isLeft(result)) s.violated('L2', `${command._tag} was refused: ${result.left._tag}`)
  }
  await play(s, [[client, script]])
}

/** What the journal says, as long as the host agrees. */
const processNow = (): ProcessIdentity | undefined => {
  const phase = s.engine?.world.containers.get(id)?.phase
  const init = phase?._tag === 'Running' ? phase.processes.init : undefined
  return s.host.isAlive(init) ? init : undefined
}

const runContainer = async (): Promise<void> => {
  s.openDaemon()
  await ask('load', c.load(c.sampleImage(1)))
  say('isulad serves; an image is loaded')
  await ask('create', c.create(id, { name }))
  await ask('start', c.start(id))
  say(`container ${name} runs as process ${processNow()?.pid ?? 'none'}`)
}

const killAndRestart = async (): Promise<void> => {
  const before = processNow()
  s.crash('SIGKILL')
  say('isulad was killed with SIGKILL')
  await s.run(() => s.engine !== undefined, patienceMs)
  await settle(s)
  const after = processNow()
  const isSame = before !== undefined && after !== undefined && sameProcess(before, after)
  if (!isSame) s.violated('W1', 'the container changed its process')
  else say(`isulad serves again; ${name} is still process ${after.pid}: nothing was lost`)
}

const auditAll = async (): Promise<void> => {
  const { engine, host, journal } = s
  if (engine === undefined) return s.violated('L1', 'isulad does not serve')
  checkWorld(engine.world, host, (oracle, detail) => s.violated(oracle, detail))
  const records = journal.records()
  const verdict = await verifySource({
    label: 'simulated journal',
    beginning: () => ({ seq: 0, hash: genesisHash('simulation'), world: undefined }),
    records: async function* () {
      yield* records
    },
    snapshots: [],
    head: records.at(-1),
    findings: [],
    notes: [],
  })
  console.log('\nThe audit of its journal:')
  for (const { name: check, ok, detail } of verdict.checks)
    console.log(`  ${check.padEnd(10)} ${ok ? 'ok     ' : 'NOT OK '} ${detail}`)
  for (const { check, subject, detail } of verdict.findings)
    s.violated(check, `${subject}: ${detail}`)
}

await runContainer()
await killAndRestart()
await auditAll()
for (const { id: broken, detail } of s.violations) console.log(`  broken: ${broken}: ${detail}`)
const isClean = s.violations.length === 0
console.log(isClean ? '\nThe audit is clean.' : '\nThe audit is not clean.')
process.exitCode = isClean ? 0 : 1
