/** Delta debugging: the smallest part of a list that still fails, one element at a time at last. */

/** Whether what is left still fails. */
export type StillFails<A> = (items: ReadonlyArray<A>) => Promise<boolean>

const without = <A>(items: ReadonlyArray<A>, from: number, count: number): ReadonlyArray<A> => [
  ...items.slice(0, from),
  ...items.slice(from + count),
]

/** Drops every chunk of that size that can go, from the end: what comes last matters least. */
const sweep = async <A>(
  items: ReadonlyArray<A>,
  size: number,
  fails: StillFails<A>,
): Promise<ReadonlyArray<A>> => {
  let kept = items
  for (let from = kept.length - size; from > -size; from -= size) {
    const start = Math.max(0, from)
    const candidate = without(kept, start, size + Math.min(0, from))
    if (candidate.length < kept.length && (await fails(candidate))) kept = candidate
  }
  return kept
}

/**
 * A part of `items` from which no single element can be taken (1-minimal), provided that `fails`
 * is a function of its argument. `items` itself is known to fail and is not tried.
 */
export const minimize = async <A>(
  items: ReadonlyArray<A>,
  fails: StillFails<A>,
): Promise<ReadonlyArray<A>> => {
  if (items.length === 0 || (await fails([]))) return []
  let kept = items
  for (let size = Math.ceil(items.length / 2); ; size = Math.ceil(size / 2)) {
    const before = kept.length
    kept = await sweep(kept, Math.min(size, kept.length), fails)
    if (size === 1 && kept.length === before) return kept
  }
}
