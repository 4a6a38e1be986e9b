/**
 * `npm run bench:peers [-- --install --rounds N --fleet-rounds N --listed N --only NAME,…
 * --out FOLDER]`: our engine beside others and beside bare runtimes, in one run. `--install` gets
 * docker.io and podman with apt. Writes peers.json, peers.md and peers.svg.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { hasDocker } from '../../differential/docker-peer.ts'
import { hasPodman } from '../../differential/podman-peer.ts'
import { hasRuntime, startBare } from './bare-runtime.ts'
import { chartOf } from './chart.ts'
import type { Engine, Starter } from './engine.ts'
import { measureFleet } from './fleet.ts'
import { measureLives } from './lives.ts'
import { Measures } from './measures.ts'
import { startDockerEngine, startPodmanEngine } from './other-engines.ts'
import { startOurs } from './our-engine.ts'
import { documentOf, tableOf } from './report.ts'
import { measureThroughput } from './throughput.ts'

interface Candidate {
  readonly name: string
  readonly packages: ReadonlyArray<string>
  readonly isThere: () => boolean
  readonly start: Starter
}

const candidate = (
  name: string,
  packages: ReadonlyArray<string>,
  [isThere, start]: readonly [() => boolean, Starter],
): Candidate => ({ name, packages, isThere, start })

const candidates: ReadonlyArray<Candidate> = [
  candidate('isulad-crun', ['crun'], [() => hasRuntime('crun'), () => startOurs('crun')]),
  candidate('isulad-runc', ['runc'], [() => hasRuntime('runc'), () => startOurs('runc')]),
  candidate('crun', ['crun'], [() => hasRuntime('crun'), () => startBare('crun')]),
  candidate('runc', ['runc'], [() => hasRuntime('runc'), () => startBare('runc')]),
  candidate('docker', ['docker.io'], [hasDocker, startDockerEngine]),
  candidate('podman', ['podman'], [hasPodman, startPodmanEngine]),
]

const { values: given } = parseArgs({
  options: {
    install: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '20' },
    'fleet-rounds': { type: 'string', default: '3' },
    listed: { type: 'string', default: '500' },
    throughput: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string', default: 'properties/bench/results' },
  },
})

/** Services that a package would start are not wanted: the bench starts its own. */
const install = (packages: ReadonlyArray<string>): void => {
  if (process.getuid?.() !== 0) throw new Error('--install needs root')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const flags = ['install', '-y', '--no-install-recommends', ...packages]
  execFileSync('apt-get', flags, { env, stdio: 'inherit' })
}

const chosen = (): ReadonlyArray<Candidate> => {
  const names = given.only?.split(',')
  const all = candidates.filter(({ name }) => names === undefined || names.includes(name))
  const missing = all.filter(({ isThere }) => !isThere()).flatMap(({ packages }) => packages)
  if (missing.length > 0 && given.install) install(missing)
  return all.filter(({ name, isThere, packages }) => {
    if (isThere()) return true
    console.log(`${name}: not installed (--install gets ${packages.join(', ')} with apt)`)
    return false
  })
}

const measure = async (engines: ReadonlyArray<Engine>): Promise<Measures> => {
  const measures = new Measures()
  await measureLives(engines, Number(given.rounds), measures)
  const sizes = { running: 50, rounds: Number(given['fleet-rounds']), listed: Number(given.listed) }
  await measureFleet(engines, sizes, measures)
  if (given.throughput) await measureThroughput(engines, measures)
  return measures
}

const write = (engines: ReadonlyArray<Engine>, { all: measures }: Measures): void => {
  const table = tableOf({ engines, measures })
  console.log(table)
  mkdirSync(given.out, { recursive: true })
  writeFileSync(`${given.out}/peers.md`, `${table}\n`)
  writeFileSync(`${given.out}/peers.json`, documentOf({ engines, measures }))
  const names = engines.map(({ name }) => name)
  writeFileSync(`${given.out}/peers.svg`, chartOf(names, measures))
}

const engines: Array<Engine> = []
const dispose = async (): Promise<void> => {
  for (const engine of engines.splice(0)) await engine.dispose()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void dispose().finally(() => process.exit(130)))
try {
  for (const { start } of chosen()) engines.push(await start())
  write(engines, await measure(engines))
} finally {
  await dispose()
}
