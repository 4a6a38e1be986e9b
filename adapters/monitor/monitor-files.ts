/** Names of the files that a monitor and we keep in a run directory. */
import type { ExecId } from '../../domain/identity.ts'
import {
  bundleDirectory,
  execDirectory,
  runDirectory,
  type ContainerRef,
  type Layout,
} from '../../domain/ports/layout.ts'

/** One launched thing: an incarnation's first process, or one exec. */
export interface LaunchFiles {
  /** Everything below belongs to this launch and to nothing else. */
  readonly directory: string
  /** conmon's `-b`: here it puts `ctl`, `winsz` and the `attach` socket. */
  readonly bundle: string
  readonly pidFile: string
  readonly monitorPidFile: string
  /** conmon writes `<exits>/<container id>` when the process has ended. */
  readonly exits: string
  readonly exitFile: string
  /** Holds `oom` after an OOM kill. */
  readonly persist: string
  readonly oomFile: string
  /** FIFO of conmon's answers. */
  readonly sync: string
  /** Our own record of both identities. */
  readonly record: string
}

const filesIn = (directory: string, bundle: string, id: string): LaunchFiles => ({
  directory,
  bundle,
  pidFile: `${directory}/pidfile`,
  monitorPidFile: `${directory}/conmon.pid`,
  exits: `${directory}/exits`,
  exitFile: `${directory}/exits/${id}`,
  persist: `${directory}/persist`,
  oomFile: `${directory}/persist/oom`,
  sync: `${directory}/sync`,
  record: `${directory}/launch.json`,
})

export const incarnationFiles = (l: Layout, ref: ContainerRef): LaunchFiles =>
  filesIn(runDirectory(l, ref), bundleDirectory(l, ref), ref.id)

export const execFiles = (l: Layout, ref: ContainerRef, exec: ExecId): LaunchFiles => {
  const directory = execDirectory(l, ref, exec)
  return filesIn(directory, directory, ref.id)
}

/** All execs of an incarnation have their directories here. */
export const execsDirectory = (l: Layout, ref: ContainerRef): string =>
  `${runDirectory(l, ref)}/exec`

/**
 * Where conmon binds the socket on which it receives a terminal. Short, because the path must fit
 * into 107 bytes (unix(7)); per incarnation, because the socket stays after a crash.
 */
export const terminalDirectory = (l: Layout, ref: ContainerRef): string =>
  `${l.state}/.tty/${ref.id.slice(0, 12)}-${ref.attempt}`
