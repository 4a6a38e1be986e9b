/** What the threads of the layer store do, and how they answer: data on both ways. */
import * as t from 'io-ts'
import { DiffId, LayerId } from '../../domain/identity.ts'
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'
import { effectTable } from '../../domain/ports/effects.ts'
import { ArchiveError, printable } from './tar/archive-error.ts'

const UnpackTask = t.strict({
  _tag: t.literal('Unpack'),
  layer: LayerId,
  diff: DiffId,
  source: t.strict({ archive: t.string, entry: t.string }),
  staging: t.string,
  directory: t.string,
  limits: t.strict({ maxEntries: t.number, maxBytes: t.number }),
})
const RemoveLayerTask = t.strict({
  _tag: t.literal('RemoveLayer'),
  directory: t.string,
  staging: t.string,
})
const UnmountTask = t.strict({ _tag: t.literal('Unmount'), mountPoint: t.string })
const RemoveWritableTask = t.strict({
  _tag: t.literal('RemoveWritable'),
  directory: t.string,
  staging: t.string,
})

export const Task = t.union([UnpackTask, RemoveLayerTask, UnmountTask, RemoveWritableTask])
export type Task = t.TypeOf<typeof Task>

const NotAppliedReply = t.strict({
  _tag: t.literal('NotApplied'),
  errno: t.string,
  detail: t.string,
})
const IndeterminateReply = t.strict({ _tag: t.literal('Indeterminate'), reason: t.string })
const AppliedReply = t.strict({ _tag: t.literal('Applied'), value: t.number })

export const Reply = t.union([AppliedReply, NotAppliedReply, IndeterminateReply])
export type Reply = t.TypeOf<typeof Reply>

const effects = ['UnpackLayer', 'RemoveLayer', 'MountRootfs', 'UnmountRootfs'] as const

/** Refusals that the effect table documents; each left nothing behind. */
const documented = new Set(
  [...effects, 'RemoveWritableLayer' as const].flatMap((effect) => effectTable[effect].errnos),
)

/** Errnos by which the kernel refuses what an archive's entry asks for. */
const ofTheArchive = new Set([
  'ENAMETOOLONG',
  'ELOOP',
  'ENOTDIR',
  'EISDIR',
  'EFBIG',
  'ERANGE',
  'E2BIG',
])

/** Such a message holds the whole path, which may be what is too long. */
const maxDetail = 400

/** The one place where an error of this folder gets its meaning for the world. */
export const classify = (error: unknown): EffectError => {
  if (error instanceof ArchiveError) return notApplied(error.errno, error.message)
  if (!(error instanceof Error)) return indeterminate(String(error))
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (documented.has(code)) return notApplied(code, error.message)
  if (ofTheArchive.has(code))
    return notApplied('EINVAL', printable(error.message.slice(0, maxDetail)))
  return indeterminate(error.message)
}
