/** Attach streams of containers and execs (no effects: bytes are never journalled). */
import { answering, notApplied, type Answer } from '../../domain/ports/answer.ts'
import type { ExecId } from '../../domain/identity.ts'
import type { ContainerRef, Layout } from '../../domain/ports/layout.ts'
import { sharedReadiness, type Readiness } from '../kernel/readiness.ts'
import { connectSeqpacket } from '../kernel/unix-socket.ts'
import { commandLine } from '../kernel/proc.ts'
import { Conduit } from './conduit.ts'
import { defaultLimits, type AttachStream, type StreamLimits } from './attach-stream.ts'
import { proveMonitor } from './identity-proof.ts'
import { stdinOf, type StdinOfMonitor } from './monitor-command.ts'
import { classifyByErrno, EffectFailure } from '../errors/effect-failure.ts'
import { execFiles, incarnationFiles, type LaunchFiles } from './monitor-files.ts'

/** Called once: with the stream before the process starts, or with why there is none. */
export interface StreamSink {
  readonly attached: (stream: AttachStream) => void
  readonly failed: (reason: string) => void
}

export interface StreamRegistry {
  /**
   * Announces a client before the command is submitted, under `streamKey`. No output is lost: the
   * launch attaches before the process starts. Returns the withdrawal, which is silent.
   */
  readonly expect: (key: string, sink: StreamSink) => () => void
  /** Joins a running container; output from now on. */
  readonly attach: (ref: ContainerRef) => Answer<AttachStream>
  readonly attachExec: (ref: ContainerRef, exec: ExecId) => Answer<AttachStream>
}

/** What `launch` and `exec` use. */
export interface StreamLauncher {
  readonly isExpected: (key: string) => boolean
  /** Attaches the announced client; a failure is told to it and does not stop the launch. */
  readonly connect: (key: string, files: LaunchFiles, stdin: StdinOfMonitor) => void
  readonly abandon: (key: string, reason: string) => void
}

export interface StreamParts {
  readonly layout: Layout
  readonly limits?: StreamLimits
  /** Default: the one of this process. */
  readonly readiness?: Readiness
}

export const streamKey = (id: string, exec?: string): string =>
  exec === undefined ? id : `${id}/${exec}`

export const makeStreamRegistry = (parts: StreamParts): StreamRegistry & StreamLauncher => {
  const sinks = new Map<string, StreamSink>()
  const conduits = new Map<string, Conduit>()
  const limits = parts.limits ?? defaultLimits

  const open = (files: LaunchFiles, stdin: StdinOfMonitor): AttachStream => {
    const key = files.bundle
    const existing = conduits.get(key)
    if (existing !== undefined) return existing.join()
    const connected = connectSeqpacket(`${files.bundle}/attach`)
    if (!connected.ok) {
      throw new EffectFailure(notApplied(connected.errno, `attach socket in ${files.bundle}`))
    }
    const onClosed = (): void => void conduits.delete(key)
    const readiness = parts.readiness ?? sharedReadiness()
    const conduit = new Conduit({ fd: connected.value, readiness, limits, stdin, onClosed })
    conduits.set(key, conduit)
    return conduit.join()
  }

  const attach = (files: LaunchFiles): Answer<AttachStream> =>
    answering(async () => {
      const monitor = proveMonitor(files)
      if (monitor === undefined) {
        throw new EffectFailure(notApplied('ESRCH', 'no monitor serves this process any more'))
      }
      return open(files, stdinOf(commandLine(monitor.pid) ?? []))
    }, classifyByErrno)

  const take = (key: string): StreamSink | undefined => {
    const sink = sinks.get(key)
    sinks.delete(key)
    return sink
  }

  return {
    expect: (key, sink) => {
      sinks.set(key, sink)
      return () => void (sinks.get(key) === sink && sinks.delete(key))
    },
    isExpected: (key) => sinks.has(key),
    connect: (key, files, stdin) => {
      const sink = take(key)
      if (sink === undefined) return
      try {
        sink.attached(open(files, stdin))
      } catch (error) {
        sink.failed(error instanceof Error ? error.message : String(error))
      }
    },
    abandon: (key, reason) => take(key)?.failed(reason),
    attach: (ref) => attach(incarnationFiles(parts.layout, ref)),
    attachExec: (ref, exec) => attach(execFiles(parts.layout, ref, exec)),
  }
}
