/** RootfsPort: writable layers and the overlay mounts of containers. */
import { mkdirSync, realpathSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { answering, type Answer } from '../../domain/ports/answer.ts'
import { effectTable } from '../../domain/ports/effects.ts'
import {
  layerDirectory,
  rootfsMount,
  writableDirectory,
  writableStaging,
  type Layout,
} from '../../domain/ports/layout.ts'
import type { MountRequest, RootfsPort } from '../../domain/ports/storage-ports.ts'
import { isMountPoint } from '../kernel/mountinfo.ts'
import { mountExternal } from './external-mount.ts'
import type { LayerThreads } from './layer-threads.ts'
import { mountOverlay } from './overlay-mount.ts'
import { classify } from './tasks.ts'
import { hasErrno } from '../errors/errno.ts'
import { applied, SystemError } from '../errors/system-error.ts'
import { makeWritable } from './writable-layer.ts'

const answered =
  <A>(run: () => A): Answer<A> =>
  () =>
    Promise.resolve(E.tryCatch(run, classify))

/** The mount table has paths without symbolic links: the root may be reached through one. */
const realLayout = (layout: Layout): Layout => {
  try {
    return { ...layout, root: realpathSync(layout.root) }
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return layout
    throw error
  }
}

const mountNow = (layout: Layout, { id, layers, external }: MountRequest): void => {
  const directory = writableDirectory(layout, id)
  const target = rootfsMount(layout, id)
  if (isMountPoint(target)) return
  if (external !== undefined) return mountExternal(external, target)
  const lower = layers.map((layer) => `${layerDirectory(layout, layer)}/diff`).reverse()
  if (lower.length === 0) {
    // An image without layers: overlayfs wants one all the same.
    mkdirSync(`${directory}/empty`, { recursive: true, mode: 0o755 })
    lower.push(`${directory}/empty`)
  }
  const mounted = mountOverlay({
    lower,
    upper: `${directory}/diff`,
    work: `${directory}/work`,
    target,
  })
  if (!mounted.ok && mounted.errno === 'E2BIG')
    throw new SystemError('EINVAL', `${layers.length} layers are too many`)
  applied(mounted, target)
}

/** The half of the port whose calls are short on an idle disk, and may block on a busy one. */
export type MountingCalls = Pick<RootfsPort, 'createWritable' | 'mount'>

export const mountingCalls = (layout: Layout): MountingCalls => ({
  createWritable: (id) => answering(() => makeWritable(writableDirectory(layout, id)), classify),
  mount: (request) => answered(() => mountNow(realLayout(layout), request)),
})

export interface RootfsPortOptions {
  readonly layout: Layout
  readonly threads: LayerThreads
}

export const createRootfsPort = ({ layout, threads }: RootfsPortOptions): RootfsPort => {
  const onThread = (task: (real: Layout) => Parameters<LayerThreads['run']>[0], ms: number) =>
    pipe(
      answered(() => task(realLayout(layout))),
      TE.chain((t) => threads.run(t, ms)),
      TE.map(() => undefined),
    )
  return {
    ...mountingCalls(layout),
    unmount: (id) =>
      onThread(
        (real) => ({ _tag: 'Unmount', mountPoint: rootfsMount(real, id) }),
        effectTable.UnmountRootfs.deadlineMs,
      ),
    removeWritable: (id) =>
      onThread(
        (real) => ({
          _tag: 'RemoveWritable',
          directory: writableDirectory(real, id),
          staging: writableStaging(real, id),
        }),
        effectTable.RemoveWritableLayer.deadlineMs,
      ),
  }
}
