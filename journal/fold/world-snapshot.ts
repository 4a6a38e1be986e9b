/** A world as bytes and back: a cache that may be deleted at any time (journal.md B3.8). */
import { createHash } from 'node:crypto'
import type { Container } from '../../domain/container/state.ts'
import type { EngineState } from '../../domain/engine/state.ts'
import type { Image } from '../../domain/image/state.ts'
import type { Layer } from '../../domain/layer/state.ts'
import type { Volume } from '../../domain/volume/state.ts'
import { World } from './world.ts'

/** Raised whenever the shape of any aggregate's state changes; older snapshots are then ignored. */
const stateShape = 3

interface Body {
  readonly shape: number
  readonly lastWallMs: number
  readonly engine: EngineState
  readonly containers: ReadonlyArray<Container>
  readonly images: ReadonlyArray<Image>
  readonly layers: ReadonlyArray<Layer>
  readonly volumes: ReadonlyArray<Volume>
  readonly quarantine: ReadonlyArray<readonly [string, string]>
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0

/** Object keys in order, so that equal states have equal bytes however they came about. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, canonical(v)]),
  )
}

const bodyOf = (world: World, lastWallMs: number): Body => ({
  shape: stateShape,
  lastWallMs,
  engine: world.engine(),
  containers: [...world.containers.values()].sort(byId),
  images: [...world.images.values()].sort(byId),
  layers: [...world.layers.values()].sort(byId),
  volumes: [...world.volumes.values()].sort(byId),
  quarantine: [...world.quarantine].sort(([a], [b]) => (a < b ? -1 : 1)),
})

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Canonical text of the state: equal for equal worlds (J6). */
export const canonicalState = (world: World): string => JSON.stringify(canonical(bodyOf(world, 0)))

export const stateHash = (world: World): string => digest(canonicalState(world))

export const takeSnapshot = (world: World, lastWallMs: number): Uint8Array => {
  const body = JSON.stringify(bodyOf(world, lastWallMs))
  return Buffer.from(`${digest(body)}\n${body}`, 'utf8')
}

/** Undefined where the bytes are damaged or of another shape: the journal is folded instead. */
export const restoreSnapshot = (
  bytes: Uint8Array,
): { readonly world: World; readonly lastWallMs: number } | undefined => {
  const text = Buffer.from(bytes).toString('utf8')
  const body = text.slice(65)
  if (text[64] !== '\n' || digest(body) !== text.slice(0, 64)) return undefined
  const parsed = JSON.parse(body) as Body
  if (parsed.shape !== stateShape) return undefined
  const world = new World()
  for (const layer of parsed.layers) world.apply({ kind: 'layer', id: layer.id, after: layer })
  for (const volume of parsed.volumes) world.apply({ kind: 'volume', id: volume.id, after: volume })
  for (const image of parsed.images) world.apply({ kind: 'image', id: image.id, after: image })
  for (const c of parsed.containers) world.apply({ kind: 'container', id: c.id, after: c })
  for (const [stream, reason] of parsed.quarantine) world.quarantine.set(stream, reason)
  world.apply({ kind: 'engine', after: parsed.engine })
  return { world, lastWallMs: parsed.lastWallMs }
}
