/** Tells when something may have changed: process ends by pidfd, exit and OOM files by inotify. */
import { existsSync, watch as watchDirectory, type FSWatcher } from 'node:fs'
import type { ContainerId, ExecId, ProcessIdentity } from '../../domain/identity.ts'
import type { ContainerRef, Layout } from '../../domain/ports/layout.ts'
import type { HostNotice, WatchPort } from '../../domain/ports/process-ports.ts'
import type { ExitWatcher } from '../kernel/exit-watcher.ts'
import { errnoOf } from '../errors/errno.ts'
import { execFiles, incarnationFiles, type LaunchFiles } from './monitor-files.ts'

export interface WatchParts {
  readonly layout: Layout
  readonly exits: Pick<ExitWatcher, 'watch'>
  /** What cannot be watched (descriptors ran out) costs promptness only; observation goes on. */
  readonly onTrouble: (text: string) => void
}

type Cancel = () => void

const watchFiles = (p: WatchParts, files: LaunchFiles, changed: () => void): Cancel => {
  const watchers = [files.exits, files.persist].flatMap((directory) => {
    try {
      const watcher = watchDirectory(directory, { persistent: false }, changed)
      watcher.on('error', (error) => p.onTrouble(`${directory}: ${error.message}`))
      return [watcher]
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === undefined) throw error
      p.onTrouble(`${directory} is not watched: ${errno}`)
      return []
    }
  })
  return () => watchers.forEach((watcher: FSWatcher) => watcher.close())
}

const watchExit = (p: WatchParts, process: ProcessIdentity, ended: () => void): Cancel => {
  try {
    return p.exits.watch(process, ended)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    p.onTrouble(error.message)
    return () => undefined
  }
}

interface Watched {
  readonly files: LaunchFiles
  readonly processes: ReadonlyArray<ProcessIdentity>
  readonly changed: () => void
}

/** What was there before the watch gives a notice too; a cleared launch ends its watch. */
const watchLaunch = (p: WatchParts, { files, processes, changed }: Watched): Cancel => {
  const seen = (): void => {
    changed()
    if (!existsSync(files.directory)) cancel()
  }
  const cancels = [
    watchFiles(p, files, seen),
    ...processes.map((process) => watchExit(p, process, seen)),
  ]
  const first = setImmediate(seen)
  const cancel = (): void => {
    clearImmediate(first)
    for (const each of cancels.splice(0)) each()
  }
  return cancel
}

export const makeWatchPort = (p: WatchParts): WatchPort => {
  const listeners: Array<(notice: HostNotice) => void> = []
  const watched = new Map<ContainerId, Map<string, Cancel>>()
  const tell = (notice: HostNotice): void => {
    for (const listener of listeners) listener(notice)
  }
  const replace = (id: ContainerId, key: string, start: () => Cancel): void => {
    const ofContainer = watched.get(id) ?? new Map<string, Cancel>()
    watched.set(id, ofContainer)
    ofContainer.get(key)?.()
    ofContainer.set(key, start())
  }
  return {
    watch: (ref: ContainerRef, processes) =>
      replace(ref.id, `${ref.attempt}`, () =>
        watchLaunch(p, {
          files: incarnationFiles(p.layout, ref),
          processes,
          changed: () => tell({ _tag: 'LaunchChanged', id: ref.id, attempt: ref.attempt }),
        }),
      ),
    watchExec: (ref: ContainerRef, exec: ExecId, processes) =>
      replace(ref.id, `${ref.attempt}/${exec}`, () =>
        watchLaunch(p, {
          files: execFiles(p.layout, ref, exec),
          processes,
          changed: () => tell({ _tag: 'ExecChanged', id: ref.id, attempt: ref.attempt, exec }),
        }),
      ),
    unwatch: (id) => {
      for (const cancel of watched.get(id)?.values() ?? []) cancel()
      watched.delete(id)
    },
    onNotice: (listener) => void listeners.push(listener),
  }
}
