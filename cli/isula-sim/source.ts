/** The plan that `replay` and `shrink` work on: drawn from a seed, or read from a file. */
import * as E from 'fp-ts/lib/Either.js'
import type { SimulationPlan } from '../../simulator/plan/plan.ts'
import { parsePlanFile } from '../../simulator/shrink/plan-file.ts'
import type { Output } from './output.ts'
import { drawFlags, type Draw, type Source } from './request.ts'
import { drawnPlan } from './seed-run.ts'

export interface Loaded {
  readonly plan: SimulationPlan
  readonly planted: string | null
  /** Invariants that a stored plan is said to break. */
  readonly breaks: ReadonlyArray<string>
  /** The arguments that name this plan again. */
  readonly words: string
}

/** Rejects with the reason where the file cannot be used. */
export const loadPlan = async (source: Source, draw: Draw, output: Output): Promise<Loaded> => {
  if (source._tag === 'Seed') {
    const words = `${source.seed}${drawFlags(draw)}`
    return { plan: drawnPlan(source.seed, draw), planted: draw.planted ?? null, breaks: [], words }
  }
  const file = parsePlanFile(await output.readFile(source.path))
  if (E.isLeft(file)) throw new Error(`${source.path} is no plan: ${file.left}`)
  const { plan, planted, breaks } = file.right
  return { plan, planted: draw.planted ?? planted, breaks, words: source.path }
}
