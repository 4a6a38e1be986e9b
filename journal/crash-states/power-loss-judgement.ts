/** What the states of a power loss come to, and which of them breaks a promise. */
import { findingText } from '../forensic/finding.ts'
import type { LogWrite } from './journal-image.ts'
import type {
  PowerLossClass,
  PowerLossClassReport,
  PowerLossOutcome,
  PowerLossViolation,
} from './power-loss-report.ts'
import type { PowerLossState, StateClass } from './power-loss-states.ts'
import type { Recovery } from './recovery.ts'

export interface Ended {
  readonly state: Pick<PowerLossState, 'what' | 'floorSeq'>
  readonly recovery: Recovery
}

/** What the journal holds now. */
export interface Written {
  /** Sequence number of the first hash. */
  readonly from: number
  readonly hashes: ReadonlyArray<string>
  readonly writes: ReadonlyArray<LogWrite>
}

const complaintsOf = (
  { from, hashes: written, writes }: Written,
  ended: Ended,
): ReadonlyArray<string> => {
  const { state, recovery } = ended
  const { headSeq, hashes, refusal } = recovery
  if (refusal !== undefined) return []
  const foreign = hashes.findIndex((hash, i) => hash !== written[i])
  const inside = writes.find(
    ({ records }) => records !== undefined && records.from <= headSeq && headSeq < records.to,
  )
  return [
    ...(recovery.broken === undefined ? [] : [recovery.broken]),
    ...(foreign < 0 ? [] : [`record ${from + foreign} is not the one that was written`]),
    ...(inside === undefined ? [] : [`half a batch: it ends at record ${headSeq}`]),
    ...(headSeq >= state.floorSeq
      ? []
      : [`it opens at record ${headSeq}, but ${state.floorSeq} was durable`]),
  ]
}

/** After an honest power cut it must open; after a broken promise it may say so and refuse. */
export const violationsOf = (
  written: Written,
  kind: Pick<StateClass, 'class' | 'cause'>,
  ended: Ended,
): ReadonlyArray<PowerLossViolation> => {
  const { refusal } = ended.recovery
  const refused = refusal !== undefined && kind.cause === 'power-cut' ? [refusal] : []
  return [...refused, ...complaintsOf(written, ended)].map((detail) => ({
    class: kind.class,
    state: ended.state.what,
    detail,
  }))
}

const outcomeKey = ({ verdict, headSeq, findings }: Recovery): string =>
  [verdict, headSeq, ...findings.map((f) => f.kind).sort()].join(' ')

/** Each lost file is told on its own; of cuts and garbage one example tells of many. */
const outcomesOf = (
  name: PowerLossClass,
  headSeq: number,
  ended: ReadonlyArray<Ended>,
): ReadonlyArray<PowerLossOutcome> => {
  const groups = new Map<string, Array<Ended>>()
  for (const one of ended) {
    const key = name === 'names' ? one.state.what : outcomeKey(one.recovery)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].flatMap((group) => {
    const first = group[0]
    if (first === undefined) return []
    const { recovery, state } = first
    const lost = recovery.headSeq < headSeq
    const { findings, refusal } = recovery
    return [
      {
        verdict: recovery.verdict,
        headSeq: recovery.headSeq,
        missing: lost ? { from: recovery.headSeq + 1, to: headSeq } : undefined,
        states: group.length,
        example: state.what,
        findings:
          findings.length === 0 && refusal !== undefined ? [refusal] : findings.map(findingText),
      },
    ]
  })
}

export const reportOf = (
  { class: name, cause, meaning }: Omit<StateClass, 'states'>,
  headSeq: number,
  ended: ReadonlyArray<Ended>,
): PowerLossClassReport => ({
  class: name,
  cause,
  meaning,
  states: ended.length,
  outcomes: outcomesOf(name, headSeq, ended),
})
