/** Bytes through `logs`, an attached `run`, `cp` and `export`. */
import { rmSync } from 'node:fs'
import type { Engine } from './engine.ts'
import type { Measures } from './measures.ts'

const mebibytes = 64
const filled = `head -c ${mebibytes}m /dev/zero > /big`
/** Lines of 128 bytes, as programs write them. */
const said = `yes ${'x'.repeat(127)} | head -c ${mebibytes}m`
const rounds = 2

const create = (name: string, script: string) => [
  'create',
  '--name',
  name,
  'busybox',
  'sh',
  '-c',
  script,
]

/** Undefined where the engine has no such command yet: it is said, and the run goes on. */
const timed = async (work: () => Promise<void>): Promise<number | undefined> => {
  const begin = performance.now()
  try {
    await work()
  } catch (error) {
    console.error(error instanceof Error ? error.message.split('\n')[0] : error)
    return undefined
  }
  return performance.now() - begin
}

const measureOne = async (engine: Engine, round: number, measures: Measures): Promise<void> => {
  const { command, directory } = engine
  if (command === undefined || directory === undefined) return
  const [talker, holder] = [`talker-${round}`, `holder-${round}`]
  const out = `${directory}/bench-out`
  const add = async (what: string, work: () => Promise<void>): Promise<void> => {
    const ms = await timed(work)
    if (ms !== undefined) measures.add(what, 'MiB/s', engine.name, mebibytes / (ms / 1000))
  }
  await command(create(talker, said))
  await command(create(holder, filled))
  await add('start -a (attach)', () => command(['start', '-a', talker]))
  await add('logs', () => command(['logs', talker]))
  await command(['start', holder])
  await command(['wait', holder])
  await add('cp out', () => command(['cp', `${holder}:/big`, out]))
  await add('cp in', () => command(['cp', out, `${holder}:/again`]))
  await add('export', () => command(['export', '-o', out, holder]))
  rmSync(out, { force: true })
  await engine.remove([talker, holder])
}

export const measureThroughput = async (
  engines: ReadonlyArray<Engine>,
  measures: Measures,
): Promise<void> => {
  for (let round = 0; round < rounds; round += 1)
    for (const engine of engines) await measureOne(engine, round, measures)
}
