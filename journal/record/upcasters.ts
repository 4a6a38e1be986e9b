/** Pure, total steps from one version of an event kind to the next (journal.md B3.7). */

export interface Upcaster {
  readonly kind: string
  readonly from: number
  readonly upcast: (payload: Readonly<Record<string, unknown>>) => Record<string, unknown>
}

/** Version 1 of every kind is the present one. */
export const upcasters: ReadonlyArray<Upcaster> = []

/** The steps of one kind, in the order in which they are applied. */
export const upcastersOf = (
  kind: string,
  among: ReadonlyArray<Upcaster> = upcasters,
): ReadonlyArray<Upcaster> => among.filter((u) => u.kind === kind).sort((a, b) => a.from - b.from)

export const currentVersion = (kind: string, among: ReadonlyArray<Upcaster> = upcasters): number =>
  upcastersOf(kind, among).reduce((v, u) => Math.max(v, u.from + 1), 1)
