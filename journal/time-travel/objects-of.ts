/** The objects of a state as plain documents, by the name of their stream. */
import type { World } from '../fold/world.ts'

export type Document = Readonly<Record<string, unknown>>

/** Canonical: a copy without what JSON does not know. */
const plain = (value: object): Document => JSON.parse(JSON.stringify(value)) as Document

/** By the name of its stream, e.g. `volume:<name>`; and `quarantine` where there is any. */
export const objectsOf = (world: World): ReadonlyMap<string, Document> =>
  new Map<string, Document>([
    ['engine', plain(world.engine())],
    ...[...world.containers].map(([id, c]) => [`container:${id}`, plain(c)] as const),
    ...[...world.images].map(([id, i]) => [`image:${id}`, plain(i)] as const),
    ...[...world.layers].map(([id, l]) => [`layer:${id}`, plain(l)] as const),
    ...[...world.volumes].map(([id, v]) => [`volume:${id}`, plain(v)] as const),
    ...(world.quarantine.size === 0
      ? []
      : [['quarantine', Object.fromEntries(world.quarantine)] as const]),
  ])
