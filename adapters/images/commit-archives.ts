/** Files of layers that commits have written: made for one image, taken away when it has them. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import type { Layer } from '../../domain/layer/state.ts'
import { commitsDirectory, type Layout } from '../../domain/ports/layout.ts'

export const prepareCommits = (layout: Layout): void =>
  void mkdirSync(commitsDirectory(layout), { recursive: true, mode: 0o700 })

export const removeCommitArchive = (file: string): void => rmSync(file, { force: true })

/** Archives whose layers are still to be made. */
export const archivesInUse = (layers: Iterable<Layer>): ReadonlySet<string> => {
  const archives = new Set<string>()
  for (const { phase } of layers) {
    if (phase._tag === 'Unpacking') archives.add(phase.source.archive)
    if (phase._tag === 'Retiring' && phase.next !== null) archives.add(phase.next.source.archive)
  }
  return archives
}

/** All that are there. */
export const commitArchives = (layout: Layout): ReadonlyArray<string> => {
  prepareCommits(layout)
  const directory = commitsDirectory(layout)
  return readdirSync(directory).map((name) => `${directory}/${name}`)
}
