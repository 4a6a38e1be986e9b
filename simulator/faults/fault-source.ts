/** Where faults come from: drawn by weight at every visit of a site, or taken from a list. */
import { Prng } from '../schedule/prng.ts'
import type { FaultPlan, PlacedFault } from '../plan/plan.ts'
import { faultKinds, type FaultKind, type FaultWeights } from './fault-kinds.ts'

/** A kind that may strike here, and what exactly it would do (drawn only when it strikes). */
export interface Possible {
  readonly kind: FaultKind
  readonly detail: (chance: Prng) => string
}

export const plainly = (kind: FaultKind): Possible => ({ kind, detail: () => '' })

export interface FaultSource {
  /** Asked once for each visit of a site; the answer has been noted as fired. */
  readonly strike: (site: string, possible: ReadonlyArray<Possible>) => PlacedFault | undefined
  readonly fired: ReadonlyArray<PlacedFault>
  /** Before it nothing strikes, and no visit is counted. */
  readonly start: () => void
  /** The safety phase is over: nothing strikes any more. */
  readonly stop: () => void
}

/** FNV-1a; only to tell sites apart. */
const hash = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}

class Visits {
  readonly #counts = new Map<string, number>()

  count(site: string): number {
    const visit = (this.#counts.get(site) ?? 0) + 1
    this.#counts.set(site, visit)
    return visit
  }
}

/** One visit in so many is struck by a kind of weight 100; below that in proportion. */
const visitsPerFault = 40

const chosenOf = (
  possible: ReadonlyArray<Possible>,
  weights: FaultWeights,
  chance: Prng,
): Possible | undefined => {
  let ticket = chance.below(visitsPerFault * 100)
  for (const one of possible) {
    const weight = weights[one.kind] ?? 0
    if (ticket < weight) return one
    ticket -= weight
  }
  return undefined
}

/**
 * Each (seed, site, visit) has a chance of its own: what is left out of a plan disturbs only the
 * sites that it touches.
 */
const swarm = (seed: number, weights: FaultWeights): FaultSource => {
  const visits = new Visits()
  const fired: PlacedFault[] = []
  let isActive = false
  return {
    fired,
    start: () => void (isActive = true),
    stop: () => void (isActive = false),
    strike: (site, possible) => {
      if (!isActive) return undefined
      const occurrence = visits.count(site)
      const chance = new Prng((seed ^ Math.imul(hash(site), 2_654_435_761) ^ occurrence) >>> 0)
      const chosen = chosenOf(possible, weights, chance)
      if (chosen === undefined) return undefined
      const fault = { kind: chosen.kind, site, occurrence, detail: chosen.detail(chance) }
      fired.push(fault)
      return fault
    },
  }
}

const listed = (faults: ReadonlyArray<PlacedFault>): FaultSource => {
  const visits = new Visits()
  const fired: PlacedFault[] = []
  const at = new Map(faults.map((f) => [`${f.site}#${f.occurrence}`, f]))
  let isActive = false
  return {
    fired,
    start: () => void (isActive = true),
    stop: () => void (isActive = false),
    strike: (site, possible) => {
      if (!isActive) return undefined
      const fault = at.get(`${site}#${visits.count(site)}`)
      if (fault === undefined || !possible.some(({ kind }) => kind === fault.kind)) return undefined
      fired.push(fault)
      return fault
    },
  }
}

export const faultSource = (seed: number, plan: FaultPlan): FaultSource =>
  plan._tag === 'Swarm' ? swarm(seed, plan.weights) : listed(plan.faults)

const noSource: FaultSource = {
  fired: [],
  start: () => undefined,
  stop: () => undefined,
  strike: () => undefined,
}

/** For runs without faults of the host. */
export const noFaults = (): FaultSource => noSource

const kinds = Object.keys(faultKinds) as ReadonlyArray<FaultKind>

/**
 * Swarm testing: each kind is off in about one run of three, the others weigh 1 to 100, so that
 * rare combinations have runs of their own (simulation.md A7).
 */
export const drawWeights = (chance: Prng, among: ReadonlyArray<FaultKind> = kinds): FaultWeights =>
  Object.fromEntries(
    among.flatMap((kind) => {
      const [isOff, weight] = [chance.oneIn(3), 1 + chance.below(100)]
      return isOff ? [] : [[kind, weight]]
    }),
  )
