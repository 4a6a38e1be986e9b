/** Spawns conmon with its pipes; from here on it is no child of ours (it forks twice). */
import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { notApplied } from '../../domain/ports/answer.ts'
import { errnoOf } from '../errors/errno.ts'
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

const isReadable = (s: unknown): s is Readable => s !== null && typeof s === 'object' && 'read' in s
const isWritable = (s: unknown): s is Writable =>
  s !== null && typeof s === 'object' && 'write' in s

const environment = (start: MonitorStart): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TMPDIR: start.temporary,
  _OCI_SYNCPIPE: '3',
  ...(start.awaited ? { _OCI_STARTPIPE: '4', _OCI_ATTACHPIPE: '5' } : {}),
})

const forkedOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let complaint = ''
    child.stderr?.setEncoding('utf8')
    child.stderr?.on('data', (chunk: string) => (complaint += chunk))
    const fail = (text: string): void =>
      reject(new EffectFailure(notApplied('EMONITOR', `conmon: ${text}`)))
    child.on('error', (error) => fail(`${errnoOf(error) ?? ''} ${error.message}`.trim()))
    child.on('exit', (code, signal) => {
      if (code === 0) return resolve()
      // The complaint may still be on its way; the pipe ends right after the exit.
      const tell = (): void => fail(complaint.trim() || `exit ${code ?? signal ?? ''}`)
      if (child.stderr === null || child.stderr.readableEnded) tell()
      else child.stderr.once('close', tell)
    })
  })

/** Standard streams, then the descriptors that `environment` names. */
const spawnMonitor = (start: MonitorStart, syncFd: number): ChildProcess =>
  spawn(start.program, start.args, {
    cwd: start.cwd,
    env: environment(start),
    stdio: [
      'ignore',
      'ignore',
      'pipe',
      syncFd,
      ...(start.awaited ? (['pipe', 'pipe'] as const) : []),
    ],
    detached: true,
  })

export const startMonitor = (start: MonitorStart): StartedMonitor => {
  const sync = openSyncFifo(start.syncPath)
  const child = spawnMonitor(start, sync.passedFd)
  sync.closePassed()
  const forked = forkedOf(child)
  // A failure is asked for by whoever awaits `forked`; it must not count as unhandled before.
  forked.catch(() => undefined)
  const [, , stderr, , go, attach]: ReadonlyArray<unknown> = child.stdio
  const pipes = [stderr, sync.answers, go, attach]
  for (const pipe of pipes) if (isReadable(pipe)) pipe.on('error', () => pipe.destroy())
  return {
    answers: sync.answers,
    attach: isReadable(attach) ? attach : undefined,
    go: () => void (isWritable(go) && go.write('\0')),
    forked,
    release: () => {
      for (const pipe of pipes) if (isReadable(pipe)) pipe.destroy()
      child.unref()
    },
  }
}
