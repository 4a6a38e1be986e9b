/** What the thread of the volumes does, and how it answers: data on both ways. */
import * as t from 'io-ts'

export const MakeTask = t.strict({
  _tag: t.literal('Make'),
  directory: t.string,
  staging: t.string,
  /** Directories of the image's layers, bottom first, and the path in the image. */
  fill: t.union([t.strict({ layers: t.readonlyArray(t.string), path: t.string }), t.null]),
})
export type MakeTask = t.TypeOf<typeof MakeTask>

const RemoveTask = t.strict({
  _tag: t.literal('Remove'),
  directory: t.string,
  staging: t.string,
})

export const Task = t.union([MakeTask, RemoveTask])
export type Task = t.TypeOf<typeof Task>

export const Reply = t.union([
  t.strict({ _tag: t.literal('Applied') }),
  t.strict({ _tag: t.literal('NotApplied'), errno: t.string, detail: t.string }),
  t.strict({ _tag: t.literal('Indeterminate'), reason: t.string }),
])
export type Reply = t.TypeOf<typeof Reply>
