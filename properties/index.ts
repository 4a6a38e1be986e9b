/** `isulad/properties`: check lifecycle rules of one's own on the simulated engine. */
export { default as fc } from 'fast-check'
export type { Command } from '../domain/command.ts'
export type { Container } from '../domain/container/state.ts'
export { statusWord } from '../domain/container/state.ts'
export type { DomainEvent } from '../domain/event.ts'
export type { ContainerId, ImageId } from '../domain/identity.ts'
export { explore, type Exploration } from '../simulator/explore/explore.ts'
export { scenarioNamed, scenarios } from '../simulator/explore/scenarios.ts'
export { faultKinds, type FaultKind, type FaultWeights } from '../simulator/faults/fault-kinds.ts'
export type { Program } from '../simulator/host/program.ts'
export type {
  FaultPlan,
  PlacedFault,
  PlannedCommand,
  SimulationPlan,
} from '../simulator/plan/plan.ts'
export * as command from '../simulator/run/sample-commands.ts'
export type { Violation } from '../simulator/run/violation.ts'
export { parsePlanFile, planFileText, type PlanFile } from '../simulator/shrink/plan-file.ts'
export { breaksTheSame, shrinkPlan, type Shrunk } from '../simulator/shrink/shrink-plan.ts'
export { drawPlan } from '../simulator/plan/draw-plan.ts'
export { runPlan, type PlanResult } from '../simulator/plan/run-plan.ts'
export * as arbitraries from './rules/arbitraries.ts'
export {
  checkRule,
  replayVariable,
  RuleBroken,
  runUnderRule,
  type RuleCheck,
  type RuleHeld,
} from './rules/check-rule.ts'
export { brokenIn, invariants, sentenceOf, type InvariantId } from './rules/invariants.ts'
export { withTraits, type Traits } from './rules/labelled.ts'
export { planText } from './rules/plan-text.ts'
export type { CheckStep, HostFacts, Rule, RuleStep, Subject } from './rules/rule.ts'
