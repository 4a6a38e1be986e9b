/** `isula-sim replay`: one run again, with everything that happened in it. */
import { sentenceOf } from '../../properties/rules/invariants.ts'
import { planText } from '../../properties/rules/plan-text.ts'
import { runPlan, type PlanResult } from '../../simulator/plan/run-plan.ts'
import type { ExitCode, Output } from './output.ts'
import type { Request } from './request.ts'
import { bugNamed } from '../../simulator/explore/planted-bugs.ts'
import { loadPlan } from './source.ts'
import { TracedEvents } from './trace-text.ts'

type ReplayRequest = Extract<Request, { readonly _tag: 'Replay' }>

/** A longer plan is not printed before its trace: the trace names every command. */
const shortPlan = 20

const verdictText = (result: PlanResult): string => {
  const { violations, fired, events, commands, simulatedMs, traceHash } = result
  const seconds = (simulatedMs / 1_000).toFixed(1)
  return [
    `${commands} commands, ${fired.length} faults, ${events} events, ${seconds} simulated seconds`,
    `trace ${traceHash.slice(0, 16)}`,
    ...violations.map((violation) => `broken: ${sentenceOf(violation)}`),
    ...(violations.length === 0 ? ['every invariant held'] : []),
    '',
  ].join('\n')
}

export const replayCommand = async (request: ReplayRequest, output: Output): Promise<ExitCode> => {
  const { plan, planted, breaks, words } = await loadPlan(request.source, request, output)
  const events = new TracedEvents()
  const result = await runPlan(plan, { planted: events.with(bugNamed(planted)) })
  const isBroken = result.violations.length > 0
  if (plan.commands.length <= shortPlan) output.out(`${planText(plan)}\n\n`)
  if (isBroken || request.all) output.out(`${events.woven(result.trace)}\n\n`)
  output.out(verdictText(result))
  if (!isBroken && !request.all) output.out('its trace: --all\n')
  if (isBroken) output.out(`smaller: isula-sim shrink ${words}\n`)
  const silent = breaks.filter((id) => !result.violations.some((v) => v.id === id))
  if (silent.length > 0) output.out(`no longer broken: ${silent.join(' ')}\n`)
  return isBroken ? 1 : 0
}
