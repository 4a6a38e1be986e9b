/** Layer files of commits that a crash cut off: they go as soon as no image waits for them. */
import {
  archivesInUse,
  commitArchives,
  removeCommitArchive,
} from '../../adapters/images/commit-archives.ts'
import type { Layout } from '../../domain/ports/layout.ts'
import type { Engine } from '../../journal/engine/engine.ts'

/** Looks at what is there now: files of later commits are their own calls' to remove. */
export const removeCommitLeftovers = (
  { world, feed }: Pick<Engine, 'world' | 'feed'>,
  layout: Layout,
): void => {
  let left = commitArchives(layout)
  const removeUnused = (): void => {
    const inUse = archivesInUse(world.layers.values())
    for (const file of left) if (!inUse.has(file)) removeCommitArchive(file)
    left = left.filter((file) => inUse.has(file))
  }
  removeUnused()
  if (left.length === 0) return
  const unsubscribe = feed.subscribe(({ event }) => {
    if (event?._tag !== 'LayerCommitted' && event?._tag !== 'LayerUnpackFailed') return
    removeUnused()
    if (left.length === 0) unsubscribe()
  })
}
