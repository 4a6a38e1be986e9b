/** `isula-sim explore`: every crash point of one scenario. */
import { sentenceOf } from '../../properties/rules/invariants.ts'
import { explore, type CrashFailure, type Exploration } from '../../simulator/explore/explore.ts'
import { scenarioNamed, scenarios } from '../../simulator/explore/scenarios.ts'
import type { Template } from '../../simulator/run/scenario.ts'
import { writeTo, type ExitCode, type Output } from './output.ts'
import { bugNamed } from '../../simulator/explore/planted-bugs.ts'
import { progressOf, type Progress } from './progress.ts'
import type { Request } from './request.ts'

type ExploreRequest = Extract<Request, { readonly _tag: 'Explore' }>

export const listScenarios = (output: Output): ExitCode => {
  for (const [i, { name }] of scenarios.entries())
    output.out(`${String(i + 1).padStart(3)}  ${name}\n`)
  return 0
}

const scenarioOf = (word: string): Template => {
  const found = scenarioNamed(word)
  if (found === undefined) throw new Error(`there is no scenario '${word}': explore --list`)
  return found
}

const whereOf = ({ first, second }: CrashFailure): string => {
  if (first === undefined) return 'without a crash'
  return second === undefined ? `crash ${first}` : `crash ${first}, then ${second} of the recovery`
}

const failureText = (failure: CrashFailure): string =>
  failure.violations.map((v) => `${whereOf(failure)}: ${sentenceOf(v)}\n`).join('')

const explorationText = (found: Exploration, seconds: number): string => {
  const { template, boundaries, single, nested, failures } = found
  const [first] = failures
  return [
    ...(first === undefined ? [] : [`the first one's trace:\n${first.trace}\n`]),
    `"${template}": ${boundaries} boundaries, ${single} crashes, ${nested} crashes in recovery,` +
      ` ${seconds.toFixed(1)} s`,
    failures.length === 0
      ? 'every invariant held'
      : `${failures.length} crash point(s) broke an invariant`,
    '',
  ].join('\n')
}

export const exploreCommand = async (
  request: ExploreRequest,
  output: Output,
): Promise<ExitCode> => {
  const { scenario, seed, nested, json } = request
  const template = scenarioOf(scenario)
  const planted = bugNamed(request.planted)
  const startedMs = performance.now()
  let bar: Progress | undefined
  const found = await explore(template, {
    seed,
    nested,
    ...(planted === undefined ? {} : { planted }),
    progress: (done, of) => (bar ??= progressOf(of, output)).show(done, template.name),
  })
  bar?.end()
  const seconds = (performance.now() - startedMs) / 1_000
  if (json !== '-') {
    for (const failure of found.failures) output.out(failureText(failure))
    output.out(explorationText(found, seconds))
  }
  if (json !== undefined) await writeTo(output, json, `${JSON.stringify(found, undefined, 2)}\n`)
  return found.failures.length === 0 ? 0 : 1
}
