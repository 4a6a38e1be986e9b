/** Limits and the freezer as the files of the unified tree show them, with an engine at work. */
import { readFileSync } from 'node:fs'
import { cgroupParent, Engine } from './engine.ts'

export interface Checked {
  readonly name: string
  readonly status: 'passed' | 'failed'
  readonly found: string
}

const flags = [
  ...['--memory', '64m', '--memory-swap', '96m', '--cpus', '0.5', '--pids-limit', '100'],
  ...['--cpu-shares', '512', '--cpuset-cpus', '0'],
]

/** From shares to weight as the runtimes do it: 1 + (shares - 2) * 9999 / 262142. */
const weightOf512Shares = '20'

const expected: Readonly<Record<string, string>> = {
  'memory.max': String(64 * 1024 ** 2),
  'memory.swap.max': String(32 * 1024 ** 2),
  'cpu.max': '50000 100000',
  'pids.max': '100',
  'cpu.weight': weightOf512Shares,
  'cpuset.cpus': '0',
}

const checkOf = (name: string, found: string, wanted: string): Checked => ({
  ...{ name: `unified cgroups: ${name} is ${wanted}`, found },
  status: found === wanted ? 'passed' : 'failed',
})

/** Needs the state disk. The engine is left running: the machine ends with its power. */
export const checkUnifiedLimits = async (): Promise<ReadonlyArray<Checked>> => {
  const engine = new Engine(undefined)
  await engine.untilItAnswers()
  await engine.ok('load', '-i', '/opt/busybox.tar')
  const run = ['run', '-d', '--name', 'limited', ...flags, 'busybox', 'sleep', '1000000']
  const id = (await engine.ok(...run)).trim()
  const directory = `/sys/fs/cgroup${cgroupParent}/${id}`
  const read = (file: string): string => readFileSync(`${directory}/${file}`, 'utf8').trim()
  const frozen = (): string => /frozen (\d)/.exec(read('cgroup.events'))?.[1] ?? ''
  const limits = Object.entries(expected).map(([file, wanted]) => checkOf(file, read(file), wanted))
  await engine.ok('pause', 'limited')
  const paused = checkOf('frozen after pause', frozen(), '1')
  await engine.ok('unpause', 'limited')
  const thawed = checkOf('frozen after unpause', frozen(), '0')
  await engine.ok('rm', '-f', 'limited')
  return [...limits, paused, thawed]
}
