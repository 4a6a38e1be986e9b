/** Spawns conmon with its pipes; from here on it is no child of ours (it forks twice). */
import type { Readable } from 'node:stream'
import { notApplied } from '../../domain/ports/answer.ts'
import { spawnChild, type Child } from '../kernel/child.ts'
import type { Sys } from '../kernel/libc.ts'
import { openSyncFifo } from './sync-fifo.ts'
import { EffectFailure } from '../errors/effect-failure.ts'

export interface MonitorStart {
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly cwd: string
  /** Where the FIFO of conmon's answers is made. */
  readonly syncPath: string
  /** For conmon's terminal socket; its default would be `/tmp`. */
  readonly temporary: string
  /** With start and attach pipes: conmon waits for `go`. */
  readonly awaited: boolean
}

export interface StartedMonitor {
  readonly answers: Readable
  readonly attach: Readable | undefined
  /** One byte on the start pipe: the first lets conmon begin, the second lets the exec begin. */
  readonly go: () => void
  /** Resolves with what the forking parent said on stderr; rejects if it failed. */
  readonly forked: Promise<void>
  /** Lets go of all pipes; conmon lives on. */
  readonly release: () => void
}

const environment = (start: MonitorStart): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TMPDIR: start.temporary,
  _OCI_SYNCPIPE: '3',
  ...(start.awaited ? { _OCI_STARTPIPE: '4', _OCI_ATTACHPIPE: '5' } : {}),
})

const failure = (text: string): EffectFailure =>
  new EffectFailure(notApplied('EMONITOR', `conmon: ${text}`))

const forkedOf = async ({ exited, streams: [, , stderr] }: Child): Promise<void> => {
  let complaint = ''
  stderr?.setEncoding('utf8')
  stderr?.on('data', (chunk: string) => (complaint += chunk))
  const exit = await exited
  if (exit._tag === 'Exited' && exit.code === 0) return
  // The complaint may still be on its way; the pipe ends right after the exit.
  if (stderr !== undefined && !stderr.closed) {
    await new Promise((resolve) => stderr.once('close', resolve))
  }
  throw failure(complaint.trim() || `exit ${exit._tag === 'Exited' ? exit.code : exit.signal}`)
}

/** Standard streams, then the descriptors that `environment` names. */
const spawnMonitor = (start: MonitorStart, syncFd: number): Promise<Sys<Child>> =>
  spawnChild({
    file: start.program,
    args: start.args,
    cwd: start.cwd,
    env: environment(start),
    stdio: ['ignore', 'ignore', 'read', syncFd, ...awaitedPipes(start)],
  })

const awaitedPipes = ({ awaited }: MonitorStart) => (awaited ? (['write', 'read'] as const) : [])

export const startMonitor = async (start: MonitorStart): Promise<StartedMonitor> => {
  const sync = openSyncFifo(start.syncPath)
  const child = await spawnMonitor(start, sync.passedFd)
  sync.closePassed()
  const forked = child.ok
    ? forkedOf(child.value)
    : Promise.reject(failure(`${child.errno} spawn ${start.program} ${child.errno}`))
  // A failure is asked for by whoever awaits `forked`; it must not count as unhandled before.
  forked.catch(() => undefined)
  const [, , stderr, , go, attach] = child.ok ? child.value.streams : []
  const pipes = [stderr, sync.answers, go, attach].filter((pipe) => pipe !== undefined)
  for (const pipe of pipes) pipe.on('error', () => pipe.destroy())
  return {
    answers: sync.answers,
    attach,
    go: () => void go?.write('\0'),
    forked,
    release: () => {
      for (const pipe of pipes) pipe.destroy()
    },
  }
}
