/** When the power goes: at a random time, or at an instant that is worse than most. */

export type CutPlan =
  /** With this write of the boot: the engine opens its journal, or finishes what was begun. */
  | { readonly _tag: 'DuringRecovery'; readonly write: number }
  | { readonly _tag: 'AtRandom'; readonly delayMs: number }
  /** The bytes of this acknowledgement are hardly sent. */
  | { readonly _tag: 'AfterAcknowledgement'; readonly count: number }
  /** So many writes wait in the disk's cache. */
  | { readonly _tag: 'WhileWritesWait'; readonly writes: number; readonly delayMs: number }

const between = (random: () => number, low: number, high: number): number =>
  low + Math.floor(random() * (high - low))

/** `random` gives numbers in [0, 1). */
export const planCut = (random: () => number): CutPlan => {
  const kind = random()
  const delayMs = between(random, 500, 20_000)
  if (kind < 0.25) return { _tag: 'DuringRecovery', write: between(random, 1, 80) }
  if (kind < 0.4) return { _tag: 'AtRandom', delayMs }
  if (kind < 0.55) return { _tag: 'AfterAcknowledgement', count: between(random, 1, 25) }
  return { _tag: 'WhileWritesWait', writes: between(random, 1, 12), delayMs }
}

export const planText = (plan: CutPlan): string => {
  switch (plan._tag) {
    case 'DuringRecovery':
      return `with write ${plan.write} of the boot`
    case 'AtRandom':
      return `${plan.delayMs} ms into the work`
    case 'AfterAcknowledgement':
      return `right after acknowledgement ${plan.count}`
    case 'WhileWritesWait':
      return `after ${plan.delayMs} ms, with ${plan.writes} writes waiting`
  }
}
