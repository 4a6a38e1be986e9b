/** Many containers at once: parallel starts, listings, memory, and a daemon that was killed. */
import type { Engine } from './engine.ts'
import { measureList } from './lives.ts'
import type { Measures } from './measures.ts'
import { memoryOf } from './memory.ts'

const pauseMs = 1_500
const listRounds = 15
const removedAtOnce = 50

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, pauseMs))

const names = (prefix: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n}`)

const removeAll = async (engine: Engine, all: ReadonlyArray<string>): Promise<void> => {
  for (let n = 0; n < all.length; n += removedAtOnce)
    await engine.remove(all.slice(n, n + removedAtOnce))
}

const addDaemon = (engine: Engine, what: string, measures: Measures): void => {
  if (engine.directory === undefined) return
  measures.add(`daemon, ${what}`, 'MiB', engine.name, memoryOf(engine.directory).daemonRss)
}

const addMonitors = (engine: Engine, measures: Measures): void => {
  if (engine.directory === undefined) return
  const { monitors, monitorRss, monitorPss } = memoryOf(engine.directory)
  if (monitors === 0) return
  measures.add('monitor of one container, RSS', 'MiB', engine.name, monitorRss / monitors)
  measures.add('monitor of one container, PSS', 'MiB', engine.name, monitorPss / monitors)
}

const running = async (engine: Engine, count: number, measures: Measures): Promise<void> => {
  const all = names('fleet', count)
  await measures.time(`${count} run -d at once`, engine.name, () =>
    Promise.all(all.map((name) => engine.runDetached(name))),
  )
  await pause()
  await measureList([engine], { containers: count, rounds: listRounds }, measures)
  addDaemon(engine, `${count} running`, measures)
  addMonitors(engine, measures)
  if (engine.restart !== undefined)
    measures.add(`kill -9 to ps, ${count} running`, 'ms', engine.name, await engine.restart())
  await measures.time(`rm -f of ${count} running`, engine.name, () => removeAll(engine, all))
}

/** Created only; ten clients at once make them. */
const listed = async (engine: Engine, count: number, measures: Measures): Promise<void> => {
  const all = names('many', count)
  const waiting = [...all]
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      await engine.create(name)
  }
  await Promise.all(Array.from({ length: 10 }, work))
  await measureList([engine], { containers: count, rounds: listRounds }, measures)
  addDaemon(engine, `${count} created`, measures)
  await removeAll(engine, all)
}

export interface FleetSizes {
  readonly running: number
  readonly rounds: number
  /** 0: none. */
  readonly listed: number
}

export const measureFleet = async (
  engines: ReadonlyArray<Engine>,
  sizes: FleetSizes,
  measures: Measures,
): Promise<void> => {
  for (const engine of engines) addDaemon(engine, 'idle', measures)
  await measureList(engines, { containers: 0, rounds: listRounds }, measures)
  for (let round = 0; round < sizes.rounds; round += 1)
    for (const engine of engines) {
      await pause()
      await running(engine, sizes.running, measures)
    }
  if (sizes.listed === 0) return
  for (const engine of engines)
    if (engine.command !== undefined) await listed(engine, sizes.listed, measures)
}
