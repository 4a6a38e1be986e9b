/** Every event of a layer's stream (`layer:<chain id>`): unpacking, committed, retiring. */
import * as t from 'io-ts'
import { DiffId, LayerId } from '../identity.ts'
import { Integer } from '../integer.ts'

const event = <Tag extends string, P extends t.Props>(tag: Tag, props: P) =>
  t.strict({ _tag: t.literal(tag), v: t.literal(1), id: LayerId, ...props }, tag)

export const LayerUnpackRequested = event('LayerUnpackRequested', {
  diff: DiffId,
  source: t.strict({ archive: t.string, entry: t.string }),
})
/** Appended only after the tree and its directory entry are durable (I4, W9). */
export const LayerCommitted = event('LayerCommitted', { sizeBytes: Integer })
export const LayerUnpackFailed = event('LayerUnpackFailed', { errno: t.string, error: t.string })
export const LayerRetireRequested = event('LayerRetireRequested', {})
export const LayerRetireDelayed = event('LayerRetireDelayed', {
  errno: t.string,
  error: t.string,
  tries: Integer,
})
export const LayerRetired = event('LayerRetired', {})

export const layerEvents = [
  LayerUnpackRequested,
  LayerCommitted,
  LayerUnpackFailed,
  LayerRetireRequested,
  LayerRetireDelayed,
  LayerRetired,
] as const

export type LayerEvent = t.TypeOf<(typeof layerEvents)[number]>
