/** Hostile archives through the client and a real daemon: said clearly, and nothing is left. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { equal, is, match, ok } from 'uvu/assert'
import { ociArchive } from '../../adapters/images/fixtures/oci-bytes.ts'
import { tarBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import { executables, TestDaemon } from '../harness/daemon.ts'
import { leaks } from '../harness/leaks.ts'
import { eventually } from '../harness/processes.ts'
import { run } from '../harness/run.ts'
import { suite } from '../testing/suite.ts'
import { corpus } from './corpus.ts'
import type { HostileCase } from './hostile-case.ts'
import { hostTrace } from './host-trace.ts'

const test = suite('hostile loads')
const needs = ['root', 'program:zstd'] as const
const daemon = new TestDaemon()
const folder = `${daemon.directory}/victims`
const victim = `${folder}/victim`
const target = { marker: `breach-${randomBytes(6).toString('hex')}`, victim, folder }
/** All of them meet the store in a test without a daemon, which takes a tenth of the time. */
const everyNth = 5
const archivePath = `${daemon.directory}/hostile.tar`

mkdirSync(folder)
writeFileSync(victim, 'untouched')
test.after(() => daemon.dispose())

const stored = (): ReadonlyArray<string> =>
  ['overlay', 'staging'].flatMap((name) => readdirSync(`${daemon.root}/storage/${name}`))

/** Live processes below the daemon: a decompressor that nobody waits for would be one. */
const children = (): ReadonlyArray<string> =>
  readdirSync(`/proc/${daemon.pid}/task`)
    .map((task) => readFileSync(`/proc/${daemon.pid}/task/${task}/children`, 'utf8').trim())
    .filter((pids) => pids !== '')

const peakMebibytes = (): number => {
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))?.[1]
  return Number(peak) / 1024
}

/** What is wrong with the client's answer, in one sentence each. */
const faultsOf = async ({ what, archive, says }: HostileCase): Promise<ReadonlyArray<string>> => {
  writeFileSync(archivePath, archive())
  const { code, stdout, stderr } = await daemon.isula(['load', '-i', archivePath])
  const prefix = 'Error response from daemon: Load image error: '
  const lines = stderr.replace(/\n$/, '').split('\n')
  const reason = stderr.slice(prefix.length)
  const checks: Readonly<Record<string, boolean>> = {
    'exits with 1': code === 1,
    'prints nothing to stdout': stdout === '',
    'is one line of at most 800 characters': lines.length === 1 && stderr.length <= 800,
    'has the prefix of such errors': stderr.startsWith(prefix),
    'gives its reason': says.test(reason) || new RegExp(says.source.replace('^', '')).test(reason),
    'does not steer the terminal': !/[\p{Cc}\p{Cf}]/u.test(lines.join('')),
  }
  return Object.entries(checks).flatMap(([check, holds]) =>
    holds ? [] : [`${what}: not so: it ${check}: ${code} ${stdout}${stderr}`],
  )
}

test.needs(needs, 'IMG-LOAD-04: each is refused by the daemon, and nothing is left', async () => {
  await daemon.start()
  const before = hostTrace(target)
  const cases = corpus(target)
    .filter(({ limited }) => limited !== true)
    .filter((_, i) => i % everyNth === 0)
  ok(cases.length >= 40)
  const faults: Array<string> = []
  for (const one of cases) faults.push(...(await faultsOf(one)))
  equal(faults, [])
  is(await daemon.ok('images', '-q'), '')
  await eventually('the store is empty', () => stored().length === 0)
  equal(hostTrace(target), before)
  equal(await leaks(daemon), [])
  equal(children(), [])
  ok(peakMebibytes() < 600, `the daemon used ${peakMebibytes()} MiB`)
})

test.needs(needs, 'the journal has no image and no layer after, and is whole', async () => {
  const audit = (command: string) => run(executables.audit, [command, '-j', daemon.root])
  const state = await audit('state')
  is(state.code, 0, state.stderr)
  ok(!/Images|Layers|Out of use/.test(state.stdout), state.stdout)
  const verified = await audit('verify')
  is(verified.code, 0, `${verified.stdout}${verified.stderr}`)
})

test.needs(needs, 'an honest archive is loaded after all of them', async () => {
  const layer = tarBytes({ name: 'x', content: 'honest' })
  const name = { 'org.opencontainers.image.ref.name': 'honest/one:1' }
  writeFileSync(archivePath, ociArchive([{ blob: layer }], name))
  await daemon.ok('load', '-i', archivePath)
  is(await daemon.ok('images', '-q'), 'honest/one:1')
  match(await daemon.ok('rmi', 'honest/one:1'), 'removed')
  await eventually('the store is empty', () => stored().length === 0)
})

test.run()
