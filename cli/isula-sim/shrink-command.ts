/** `isula-sim shrink`: a failing seed or plan made small, stored for replay. */
import { sentenceOf } from '../../properties/rules/invariants.ts'
import { planText } from '../../properties/rules/plan-text.ts'
import { planFileText } from '../../simulator/shrink/plan-file.ts'
import { breaksTheSame, shrinkPlan, type Shrunk } from '../../simulator/shrink/shrink-plan.ts'
import type { ExitCode, Output } from './output.ts'
import type { Request } from './request.ts'
import { runWith } from './seed-run.ts'
import { loadPlan } from './source.ts'

type ShrinkRequest = Extract<Request, { readonly _tag: 'Shrink' }>

const shrunkText = (shrunk: Shrunk, before: number): string => {
  const { plan, result, runs, elapsedMs, isMinimal } = shrunk
  const seconds = (elapsedMs / 1_000).toFixed(1)
  const state = isMinimal ? '' : ' (the time ran out; --seconds gives more)'
  return [
    `${before} commands became ${plan.commands.length} in ${runs} runs, ${seconds} s${state}`,
    planText(plan),
    ...result.violations.slice(0, 5).map((violation) => `broken: ${sentenceOf(violation)}`),
    '',
  ].join('\n')
}

export const shrinkCommand = async (request: ShrinkRequest, output: Output): Promise<ExitCode> => {
  const { plan, planted } = await loadPlan(request.source, request, output)
  const run = (one: typeof plan) => runWith(one, planted)
  const first = await run(plan)
  if (first.violations.length === 0) {
    output.out('every invariant held: there is nothing to shrink\n')
    return 0
  }
  const progress = (best: typeof plan, runs: number): void => {
    const { length } = best.commands
    if (output.isTerminal) output.error(`\r\u001b[K${length} commands after ${runs} runs`)
  }
  const longestMs = request.seconds * 1_000
  const shrunk = await shrinkPlan(plan, breaksTheSame(first), { run, longestMs, progress })
  if (output.isTerminal) output.error('\r\u001b[K')
  output.out(shrunkText(shrunk, plan.commands.length))
  if (request.out !== undefined) {
    const breaks = [...new Set(shrunk.result.violations.map(({ id }) => id))]
    await output.writeFile(request.out, planFileText({ breaks, planted, plan: shrunk.plan }))
    output.out(`again: isula-sim replay ${request.out}\n`)
  }
  return 1
}
