/** One entry of the recovery catalogue as a scenario: calm, and with a crash at each boundary. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import type { Ports } from '../../domain/ports/ports.ts'
import type { SubmitResult } from '../../journal/engine/submission.ts'
import { crashAt } from '../../simulator/faults/crash.ts'
import type { PlantedBug } from '../../simulator/faults/planted.ts'
import { forever, type Program } from '../../simulator/host/program.ts'
import type { Script } from '../../simulator/run/client.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { runScenario } from '../../simulator/run/scenario.ts'
import { assertHolds } from '../simulation/verdict.ts'

export const c1 = c.containerNumber(1)
export const c2 = c.containerNumber(2)

export interface CatalogueScenario {
  readonly programs?: ReadonlyArray<Program>
  /** What the host does wrong: made anew for each run, since it counts. */
  readonly host?: () => (ports: Ports) => Ports
  readonly scripts: ReadonlyArray<Script>
}

/** Fails the script, and so the run, with what was expected. */
export const expect = (isSo: boolean, what: string): void => assert.ok(isSo, what)

export const succeeded = (result: SubmitResult, what: string): void =>
  expect(E.isRight(result) && result.right.outcome._tag !== 'Failed', what)

export const refused = (result: SubmitResult, tag: string): void =>
  expect(E.isLeft(result) && result.left._tag === tag, `it is refused as ${tag}`)

const faultOf = ({ host }: CatalogueScenario): { readonly planted?: PlantedBug } =>
  host === undefined ? {} : { planted: { name: 'fault of the host', ports: host() } }

/** Without crashes, in many interleavings. */
export const holdsCalmly = async (name: string, scenario: CatalogueScenario): Promise<void> => {
  const programs = scenario.programs ?? [forever]
  const { scripts } = scenario
  const template = { name, programs: { [c1]: programs, [c2]: programs }, scripts }
  for (let seed = 1; seed <= 40; seed += 1)
    assertHolds(await runScenario(template, { seed, ...faultOf(scenario) }), 'no crash')
}

/** Answers how many crashes it has survived. */
export const survives = async (name: string, scenario: CatalogueScenario): Promise<number> => {
  const programs = scenario.programs ?? [forever]
  const template = {
    name,
    programs: { [c1]: programs, [c2]: programs },
    scripts: scenario.scripts,
  }
  const seed = 1
  const calm = await runScenario(template, { seed, ...faultOf(scenario) })
  assertHolds(calm, 'no crash')
  for (let first = 1; first <= calm.boundaries; first += 1) {
    const crash = crashAt(first)
    const result = await runScenario(template, { seed, crash, ...faultOf(scenario) })
    assertHolds(result, `crash at boundary ${first}`)
  }
  return calm.boundaries
}

/** The first `times` calls fail with that errno and leave nothing behind. */
export const failing = (times: number): (() => boolean) => {
  let left = times
  return () => (left -= 1) >= 0
}
