/** Child processes with pipes and exit status, at a fraction of the cost of a fork. */
import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { errnoOf } from '../errors/errno.ts'
import { readiness as bits } from './epoll.ts'
import { done, failed, type Sys } from './libc.ts'
import { openPidfd } from './pidfd.ts'
import { openPipe } from './pipes.ts'
import { sharedReadiness } from './readiness.ts'
import { reap, type ChildExit } from './reap.ts'
import { spawnProgram, type ChildDescriptor, type SpawnRequest } from './spawn.ts'

/** `read`, `write`: what we do at our end of a pipe; `ignore`: /dev/null; a descriptor of ours. */
export type ChildStdio = 'ignore' | 'read' | 'write' | number

export interface ChildRequest extends Omit<SpawnRequest, 'descriptors'> {
  /** By the child's descriptor numbers. */
  readonly stdio: ReadonlyArray<ChildStdio>
}

export interface Child {
  readonly pid: number
  /** Our ends of the pipes, by the child's descriptor numbers. */
  readonly streams: ReadonlyArray<Socket | undefined>
  /** Once the child has ended and been reaped; its heirs may still hold the pipes. */
  readonly exited: Promise<ChildExit>
  /** SIGKILL for the child and its process group, unless it has been reaped. */
  readonly killGroup: () => void
}

/** How often a child is looked at that has no pidfd, since descriptors had run out. */
const retryMs = 50

/** Calls once, after the child has been reaped. */
const watchExit = (pid: number, onExit: (exit: ChildExit) => void): void => {
  const take = (): boolean => {
    const exit = reap(pid)
    if (!exit.ok) throw new Error(`waitid of child ${pid}: ${exit.errno}`)
    if (exit.value !== undefined) onExit(exit.value)
    return exit.value !== undefined
  }
  const pidfd = openPidfd(pid)
  if (!pidfd.ok) {
    setTimeout(() => void (take() || watchExit(pid, onExit)), retryMs)
    return
  }
  const watched = sharedReadiness().watch({
    fd: pidfd.value,
    events: bits.readable,
    onReady: () => {
      if (!take()) return
      watched.cancel()
      closeSync(pidfd.value)
    },
  })
}

const signalGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}

interface Plan {
  readonly descriptors: ReadonlyArray<ChildDescriptor>
  /** Our ends, by the child's descriptor numbers. */
  readonly kept: ReadonlyArray<number | undefined>
  /** To be closed once the child has them. */
  readonly passed: ReadonlyArray<number>
}

const closeAll = (fds: ReadonlyArray<number | undefined>): void => {
  for (const fd of fds) if (fd !== undefined) closeSync(fd)
}

const openPipes = (stdio: ReadonlyArray<ChildStdio>): Sys<Plan> => {
  const descriptors: Array<ChildDescriptor> = []
  const kept: Array<number | undefined> = []
  const passed: Array<number> = []
  for (const [number, entry] of stdio.entries()) {
    if (entry === 'ignore') descriptors.push({ _tag: 'Open', path: '/dev/null' })
    else if (typeof entry === 'number') descriptors.push({ _tag: 'Copy', fd: entry })
    else {
      const pipe = openPipe()
      if (!pipe.ok) {
        closeAll([...kept, ...passed])
        return pipe
      }
      const { reading, writing } = pipe.value
      const [ours, theirs] = entry === 'read' ? [reading, writing] : [writing, reading]
      kept[number] = ours
      passed.push(theirs)
      descriptors.push({ _tag: 'Copy', fd: theirs })
    }
  }
  return done({ descriptors, kept, passed })
}

const openStream = (fd: number, entry: ChildStdio | undefined): Socket =>
  new Socket({ fd, readable: entry === 'read', writable: entry === 'write' })

/**
 * Starts a program in a session of its own. The errno of a failed pipe, chdir or exec is the
 * answer; nothing runs then. Descriptors of ours stay open until the answer. The caller listens
 * for errors of the streams.
 */
export const spawnChild = async (request: ChildRequest): Promise<Sys<Child>> => {
  const { stdio, ...program } = request
  // Made before the child: without its thread nobody would ever reap.
  sharedReadiness()
  const plan = openPipes(stdio)
  if (!plan.ok) return plan
  const { descriptors, kept, passed } = plan.value
  const pid = await spawnProgram({ ...program, descriptors })
  closeAll(passed)
  if (!pid.ok) {
    closeAll(kept)
    return failed(pid.errno)
  }
  let reaped = false
  const exited = new Promise<ChildExit>((resolve) => {
    watchExit(pid.value, (exit) => {
      reaped = true
      resolve(exit)
    })
  })
  return done({
    pid: pid.value,
    streams: stdio.map((entry, number) => {
      const fd = kept[number]
      return fd === undefined ? undefined : openStream(fd, entry)
    }),
    exited,
    killGroup: () => void (reaped || signalGroup(pid.value)),
  })
}
