/** Single commands, one at a time, the engines in turn: a busy moment of the machine hits all. */
import type { Engine } from './engine.ts'
import type { Measures } from './measures.ts'

const steps: ReadonlyArray<readonly [string, (engine: Engine, name: string) => Promise<void>]> = [
  ['run --rm true', (engine) => engine.runTrue()],
  ['create', (engine, name) => engine.create(name)],
  ['start', (engine, name) => engine.start(name)],
  ['exec true', (engine, name) => engine.exec(name)],
  ['stop -t 0', (engine, name) => engine.stop(name)],
  ['rm', (engine, name) => engine.remove([name])],
]

/** Another engine comes first in each round. */
const inTurn = (engines: ReadonlyArray<Engine>, round: number): ReadonlyArray<Engine> =>
  engines.map((_, n) => engines[(n + round) % engines.length]).filter((e) => e !== undefined)

export const measureLives = async (
  engines: ReadonlyArray<Engine>,
  rounds: number,
  measures: Measures,
): Promise<void> => {
  for (const engine of engines) for (const [, step] of steps) await step(engine, 'warm')
  for (let round = 0; round < rounds; round += 1)
    for (const [what, step] of steps)
      for (const engine of inTurn(engines, round))
        await measures.time(what, engine.name, () => step(engine, `life-${round}`))
}

export const measureList = async (
  engines: ReadonlyArray<Engine>,
  { containers, rounds }: { readonly containers: number; readonly rounds: number },
  measures: Measures,
): Promise<void> => {
  for (let round = 0; round < rounds; round += 1)
    for (const engine of inTurn(engines, round))
      await measures.time(`ps of ${containers}`, engine.name, () => engine.list())
}
