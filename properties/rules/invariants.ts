/** The engine's invariants by name, and what a run says about them. */
import type { PlanResult } from '../../simulator/plan/run-plan.ts'
import type { Violation } from '../../simulator/run/violation.ts'

export const invariants = {
  J1: 'recovered events are a prefix of what was appended, without holes',
  J2: 'every acknowledged event is in the journal',
  J3: 'all events of one command are in the journal, or none',
  J4: 'each record continues the hash chain',
  J5: 'after a failed append nothing is acknowledged on that handle',
  J6: 'the live state is the fold of the journal',
  J7: 'what is written can be read again, and means the same',
  J8: 'damage is seen, and only where there is some',
  D1: 'decide and evolve are total: no exception',
  D2: 'only legal transitions are recorded',
  D3: 'a repeated command records nothing new',
  D4: 'ids and names are unique and freed by removal',
  I2: 'no effect before its intent is durable',
  W1: 'what is shown as running lives, as that very process',
  W2: 'no process is left that the journal does not know',
  W3: 'a container is started at most once per attempt',
  W4: 'each intent has exactly one outcome',
  W5: 'the exit code is the true one, told once; what is lost is unknown',
  W6: 'nothing is left on the host after removal',
  W7: 'nothing is taken away from under a live container',
  W8: 'what was removed does not come back',
  W9: 'a layer is visible only when it is verified, complete and durable',
  W10: 'no container without its ready sandbox',
  W11: 'the restart policy is kept: its count, its back-off, its memory',
  W12: 'a success is durable before it is told, and told again the same',
  L1: 'recovery ends, and a second one finds nothing to do',
  L2: 'every intent and every call ends',
  L3: 'a stop ends within its time',
  L4: 'an idle engine writes next to nothing',
} as const

export type InvariantId = keyof typeof invariants

const isInvariant = (id: string): id is InvariantId => Object.hasOwn(invariants, id)

/** Simulated ids are told apart by their first digits. */
export const shorten = (text: string): string =>
  text.replace(/\b([0-9a-f]{4})[0-9a-f]{28,60}\b/g, '$1')

/** What a violation means, in one line. */
export const sentenceOf = ({ id, detail, atMs }: Violation): string =>
  `${id}${isInvariant(id) ? ` (${invariants[id]})` : ''} at ${atMs} ms: ${shorten(detail)}`

/** The violations of these invariants, or of all. */
export const brokenIn = (
  result: Pick<PlanResult, 'violations'>,
  ids: ReadonlyArray<InvariantId> = Object.keys(invariants).filter(isInvariant),
): ReadonlyArray<Violation> =>
  result.violations.filter(({ id }) => isInvariant(id) && ids.includes(id))
