/** Every event of a volume's stream (`volume:<name>`): made, filled from an image, removed. */
import * as t from 'io-ts'
import { LayerId, OperationId, VolumeName } from '../identity.ts'
import { Integer } from '../integer.ts'

const event = <Tag extends string, P extends t.Props>(tag: Tag, props: P) =>
  t.strict({ _tag: t.literal(tag), v: t.literal(1), id: VolumeName, ...props }, tag)

const operation = { operation: OperationId }
const failure = { errno: t.string, error: t.string }

/** The image's tree (bottom layer first) and the directory in it whose content is copied. */
const Fill = t.strict({ layers: t.readonlyArray(LayerId), path: t.string }, 'VolumeFill')

export const VolumeCreateRequested = event('VolumeCreateRequested', {
  ...operation,
  anonymous: t.boolean,
  fill: t.union([Fill, t.null]),
})
/** Appended only after the directory, its content and its name are durable. */
export const VolumeCreated = event('VolumeCreated', operation)
export const VolumeCreateFailed = event('VolumeCreateFailed', { ...operation, ...failure })
export const VolumeFillRequested = event('VolumeFillRequested', { ...operation, fill: Fill })
export const VolumeFilled = event('VolumeFilled', operation)
export const VolumeFillFailed = event('VolumeFillFailed', { ...operation, ...failure })
export const VolumeRemoveRequested = event('VolumeRemoveRequested', operation)
export const VolumeRemoveDelayed = event('VolumeRemoveDelayed', { ...failure, tries: Integer })
export const VolumeRemoved = event('VolumeRemoved', {})

export const volumeEvents = [
  VolumeCreateRequested,
  VolumeCreated,
  VolumeCreateFailed,
  VolumeFillRequested,
  VolumeFilled,
  VolumeFillFailed,
  VolumeRemoveRequested,
  VolumeRemoveDelayed,
  VolumeRemoved,
] as const

export type VolumeEvent = t.TypeOf<(typeof volumeEvents)[number]>
