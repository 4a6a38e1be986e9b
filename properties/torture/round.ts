/** One round: clients at work, kill -9 at a random instant, restart, and the reckoning. */
import type { TestDaemon } from '../harness/daemon.ts'
import { leaks } from '../harness/leaks.ts'
import { client, randomFrom } from './clients.ts'
import { Ledger } from './ledger.ts'

export interface Round {
  readonly acknowledged: number
  readonly killedAfterMs: number
  readonly violations: ReadonlyArray<string>
}

const clients = 10

interface Shown {
  readonly id: string
  readonly running: boolean
}

const shown = async (daemon: TestDaemon): Promise<ReadonlyMap<string, Shown>> => {
  const text = await daemon.ok(
    ...['ps', '-a', '--no-trunc', '--format', '{{.Names}} {{.ID}} {{.State}}'],
  )
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', id = '', state = ''] = line.split(' ')
        return [name, { id, running: state === 'running' }]
      }),
  )
}

const reckon = (ledger: Ledger, present: ReadonlyMap<string, Shown>): ReadonlyArray<string> =>
  ledger.names.flatMap((name) => {
    const found = present.get(name)
    const demand = ledger.existence(name)
    const wrong: string[] = []
    if (demand === 'present' && found === undefined) wrong.push(`${name} was acknowledged, is gone`)
    if (demand === 'absent' && found !== undefined) wrong.push(`${name} was removed, is there`)
    if (ledger.mustRun(name) && found?.running !== true && demand === 'present')
      wrong.push(`${name} was started, does not run`)
    if (ledger.mustNotRun(name) && found?.running === true) wrong.push(`${name} was stopped, runs`)
    return wrong
  })

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Open intents are finished after the restart: nothing may be in between for ever. */
const settled = async (daemon: TestDaemon): Promise<ReadonlyMap<string, Shown>> => {
  for (let n = 0; n < 100; n += 1) {
    const states = await daemon.ok('ps', '-a', '--format', '{{.State}}')
    if (!/starting|removing|stopping/.test(states)) return shown(daemon)
    await pause(50)
  }
  return shown(daemon)
}

/** What the journal knows of a wrong container: without it a finding cannot be understood. */
const storyOf = async (daemon: TestDaemon, finding: string): Promise<string> => {
  const told = await daemon.isula(['explain', finding.split(' ')[0] ?? ''])
  return told.stdout + told.stderr
}

export const tortureRound = async (daemon: TestDaemon, seed: number): Promise<Round> => {
  const random = randomFrom(seed)
  const ledger = new Ledger()
  const violations: string[] = []
  let stopped = false
  const work = Array.from({ length: clients }, (_, n) =>
    client({
      daemon,
      ledger,
      prefix: `s${seed}c${n}`,
      random: randomFrom(seed * 1000 + n),
      stopped: () => stopped,
      onUnexpected: (text) => violations.push(text),
    }),
  )
  const killedAfterMs = 200 + Math.floor(random() * 1_500)
  await pause(killedAfterMs)
  stopped = true
  await daemon.kill9()
  await Promise.all(work)
  await daemon.start()
  const present = await settled(daemon)
  const wrong = reckon(ledger, present)
  for (const finding of wrong) violations.push(finding, await storyOf(daemon, finding))
  const audit = await daemon.isula(['audit', 'verify'])
  if (audit.code !== 0) violations.push(`audit: ${audit.stdout}${audit.stderr}`)
  const ids = [...present.values()].map((s) => s.id)
  violations.push(...(await leaks(daemon, ids)).map((l) => `leaked: ${l}`))
  if (ids.length > 0) {
    const removed = await daemon.isula(['rm', '-f', ...ids])
    // A removal that was under way may have ended meanwhile.
    const refused = removed.stderr.split('\n').filter((l) => !/^$|No such container/.test(l))
    violations.push(...refused.map((line) => `rm -f: ${line}`))
  }
  violations.push(...(await leaks(daemon)).map((l) => `left after rm -f: ${l}`))
  return { acknowledged: ledger.acknowledged, killedAfterMs, violations }
}
