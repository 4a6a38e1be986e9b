/** A plan as a JSON file: what `shrink` stores and `replay` reads, checked on the way in. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Integer } from '../../domain/integer.ts'
import { faultKinds, type FaultKind, type FaultWeights } from '../faults/fault-kinds.ts'
import type { SimulationPlan } from '../plan/plan.ts'
import { ClientCommand } from './command-codec.ts'

const isKind = (u: unknown): u is FaultKind => typeof u === 'string' && Object.hasOwn(faultKinds, u)

const Kind = new t.Type<FaultKind>(
  'FaultKind',
  isKind,
  (u, c) => (isKind(u) ? t.success(u) : t.failure(u, c)),
  t.identity,
)

const Fault = t.strict({ kind: Kind, site: t.string, occurrence: Integer, detail: t.string })

const isWeights = (u: unknown): u is FaultWeights =>
  t.record(t.string, Integer).is(u) && Object.keys(u).every(isKind)

/** Kinds that are missing are off, so no codec of all kinds will do. */
const Weights = new t.Type<FaultWeights>(
  'FaultWeights',
  isWeights,
  (u, c) => (isWeights(u) ? t.success(u) : t.failure(u, c)),
  t.identity,
)

const Program = t.partial({
  ends: t.type({ afterMs: Integer, code: Integer }),
  deaf: t.boolean,
  losesMonitorAfterMs: Integer,
  startFails: t.string,
  launchFails: t.string,
})

const Plan = t.type(
  {
    name: t.string,
    seed: Integer,
    hours: t.number,
    programs: t.record(t.string, t.readonlyArray(Program)),
    commands: t.readonlyArray(t.type({ client: t.string, atMs: t.number, command: ClientCommand })),
    faults: t.union([
      t.strict({ _tag: t.literal('Swarm'), weights: Weights }),
      t.strict({ _tag: t.literal('Listed'), faults: t.readonlyArray(Fault) }),
    ]),
  },
  'SimulationPlan',
)

/** Only this version is read: a plan is a few lines that can be written again. */
const format = 'isulad-plan-1'

const File = t.type({
  format: t.literal(format),
  /** Ids of the invariants that the run is said to break. */
  breaks: t.readonlyArray(t.string),
  /** The bug that was planted for it, or null. */
  planted: t.union([t.string, t.null]),
  plan: Plan,
})

export interface PlanFile {
  readonly breaks: ReadonlyArray<string>
  readonly planted: string | null
  readonly plan: SimulationPlan
}

/** Human-readable: one command or fault after the other. */
export const planFileText = (file: PlanFile): string =>
  `${JSON.stringify({ format, ...file }, undefined, 2)}\n`

const whereOf = ({ context, value }: t.ValidationError): string => {
  const path = context.map((c) => c.key).filter((key) => key !== '')
  const said = JSON.stringify(value) ?? 'nothing'
  return `${path.join('.') || 'the file'}: ${said.slice(0, 60)} will not do`
}

/** A union reports one error per member: the longest path belongs to the one that was meant. */
const meant = (errors: t.Errors): string => {
  const [best] = [...errors].sort((a, b) => b.context.length - a.context.length)
  return best === undefined ? 'it cannot be read' : whereOf(best)
}

/** Left: why the text is no plan. */
export const parsePlanFile = (text: string): E.Either<string, PlanFile> => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return E.left(error instanceof Error ? error.message : String(error))
  }
  return E.mapLeft(meant)(File.decode(parsed))
}
