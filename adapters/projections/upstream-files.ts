/** Keeps upstream's files of each container as the journal has it: nobody here reads them. */
import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import type { Container } from '../../domain/container/state.ts'
import type { ContainerId } from '../../domain/identity.ts'
import { containerDirectory, type Layout } from '../../domain/ports/layout.ts'
import { hasErrno } from '../errors/errno.ts'
import { upstreamDocuments } from './upstream-documents.ts'

export interface UpstreamFilesParts {
  readonly layout: Layout
  readonly containers: () => Iterable<Container>
  readonly container: (id: ContainerId) => Container | undefined
  readonly subscribe: (listener: (id: ContainerId) => void) => () => void
  readonly warn: (message: string) => void
}

export interface UpstreamFiles {
  /** Follows the events, and mends what is missing, torn or old; resolves when that is done. */
  readonly start: () => Promise<void>
  readonly stop: () => void
}

const digest = (text: string): string => createHash('sha1').update(text).digest('base64')

const contentOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Whole or absent; a power cut may leave it empty, and the next start writes it anew (M-02). */
const replace = (path: string, text: string): void => {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** There is no directory before the container is created, and none is filled that is to go. */
const hasFiles = ({ phase }: Container): boolean =>
  phase._tag !== 'Creating' && phase._tag !== 'Removing'

export const upstreamFiles = (parts: UpstreamFilesParts): UpstreamFiles => {
  const { layout, warn } = parts
  /** What is on the disk, by container and file. */
  const digests = new Map<ContainerId, Map<string, string>>()
  let stopped = false

  /**
   * At once and without giving the turn away: the removal of a directory begins only after its
   * event was seen here, so nothing is written into it meanwhile.
   */
  const write = (c: Container): void => {
    const directory = containerDirectory(layout, c)
    const known = digests.get(c.id)
    const present = new Map<string, string>()
    try {
      for (const [name, document] of Object.entries(upstreamDocuments(c, layout))) {
        const path = `${directory}/${name}`
        const text = JSON.stringify(document)
        const wanted = digest(text)
        const isThere = known === undefined ? contentOf(path) === text : known.get(name) === wanted
        if (!isThere) replace(path, text)
        present.set(name, wanted)
      }
      digests.set(c.id, present)
    } catch (error) {
      // Somebody took the directory away: that is told by the audit, not here.
      if (!hasErrno(error, 'ENOENT')) warn(`files of container ${c.id}: ${String(error)}`)
    }
  }

  const follow = (id: ContainerId): void => {
    const c = parts.container(id)
    if (c !== undefined && hasFiles(c)) write(c)
    else digests.delete(id)
  }

  let unsubscribe = (): void => undefined
  return {
    start: async () => {
      unsubscribe = parts.subscribe(follow)
      for (const { id } of [...parts.containers()]) {
        // Others get their turn: there may be hundreds.
        await turn()
        if (stopped) return
        follow(id)
      }
    },
    stop: () => {
      stopped = true
      unsubscribe()
    },
  }
}
