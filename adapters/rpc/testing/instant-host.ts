/** A host for tests: every effect succeeds at once, programs are words of a command. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { bootId, type ProcessIdentity } from '../../../domain/identity.ts'
import { notApplied, type Answer } from '../../../domain/ports/answer.ts'
import { knownExit, type KnownExit } from '../../../domain/ports/exit-record.ts'
import type { Ports } from '../../../domain/ports/ports.ts'
import type {
  HostNotice,
  LaunchObservation,
  Launched,
  MonitorPort,
} from '../../../domain/ports/process-ports.ts'
import { systemClock } from '../../ambient/clock.ts'
import { systemEntropy } from '../../ambient/entropy.ts'
import { systemTimer } from '../../ambient/timers.ts'
import type { AttachStream } from '../../monitor/attach-stream.ts'
import { streamKey, type StreamRegistry, type StreamSink } from '../../monitor/streams.ts'
import { ScriptedStream } from './scripted-stream.ts'

export interface InstantHost {
  readonly ports: Ports
  readonly streams: StreamRegistry
}

interface Program {
  readonly launched: Launched
  readonly words: ReadonlyArray<string>
  readonly stream: ScriptedStream
  readonly notice: HostNotice
  exit: KnownExit | undefined
}

const applied = (): Answer<void> => TE.right(undefined)
const clock = systemClock()

class Host {
  readonly #programs = new Map<string, Program>()
  readonly #words = new Map<string, ReadonlyArray<string>>()
  readonly #sinks = new Map<string, StreamSink>()
  #pid = 1_000
  #listener: (notice: HostNotice) => void = () => undefined

  readonly streams: StreamRegistry = {
    expect: (key, sink) => {
      this.#sinks.set(key, sink)
      return () => void this.#sinks.delete(key)
    },
    attach: (ref) => this.#attach(streamKey(ref.id)),
    attachExec: (ref, exec) => this.#attach(streamKey(ref.id, exec)),
  }

  readonly monitor: MonitorPort = {
    launch: ({ ref }) => {
      const words = this.#words.get(ref.id) ?? []
      if (words[0] === 'no-such-program')
        return TE.left(notApplied('ERUNTIME', 'exec: No such file or directory'))
      const notice = { _tag: 'LaunchChanged', id: ref.id, attempt: ref.attempt } as const
      return TE.right(this.#launch(streamKey(ref.id), words, notice))
    },
    observe: (ref) => TE.right(this.#observe(streamKey(ref.id))),
    exec: ({ ref, exec, process }) => {
      const notice = { _tag: 'ExecChanged', id: ref.id, attempt: ref.attempt, exec } as const
      const launched = this.#launch(streamKey(ref.id, exec), process.args, notice)
      setImmediate(() => this.#run(streamKey(ref.id, exec)))
      return TE.right(launched)
    },
    observeExec: (ref, exec) => TE.right(this.#observe(streamKey(ref.id, exec))),
    clear: applied,
    clearExec: applied,
  }

  readonly ports: Ports = {
    runtime: {
      start: (ref) => {
        setImmediate(() => this.#run(streamKey(ref.id)))
        return applied()
      },
      status: (ref) => TE.right(this.#programs.has(ref.id) ? 'running' : 'absent'),
      remove: applied,
    },
    monitor: this.monitor,
    process: {
      signal: (process, signal) => {
        if (signal === 9 || signal === 15) this.#end(process, 128 + signal)
        return applied()
      },
      isAlive: () => TE.right(true),
    },
    cgroup: {
      freeze: applied,
      thaw: applied,
      setLimits: applied,
      isFrozen: () => TE.right(false),
      killAll: applied,
      remove: applied,
    },
    layer: {
      unpack: () => TE.right(4_096),
      remove: applied,
      isCommitted: () => TE.right(true),
    },
    rootfs: {
      createWritable: applied,
      removeWritable: applied,
      mount: applied,
      unmount: applied,
    },
    bundle: {
      createDirectory: ({ ref, process }) => {
        this.#words.set(ref.id, [...process.Entrypoint, ...process.Cmd])
        return applied()
      },
      removeDirectory: applied,
      writeBundle: applied,
    },
    volume: { create: applied, remove: applied },
    copy: { transfer: applied, end: applied },
    observe: {
      observe: () =>
        TE.right({
          boot: clock.now().boot,
          wallMs: clock.now().wallMs,
          containers: {},
          layers: [],
          volumes: [],
          strangers: [],
        }),
    },
    watch: {
      watch: () => undefined,
      watchExec: () => undefined,
      unwatch: () => undefined,
      onNotice: (listener) => void (this.#listener = listener),
    },
    clock,
    timer: systemTimer(clock),
    entropy: systemEntropy,
  }

  #attach(key: string): Answer<AttachStream> {
    const program = this.#programs.get(key)
    return program === undefined || program.exit !== undefined
      ? TE.left(notApplied('ESRCH', 'nothing runs here'))
      : TE.right(program.stream)
  }

  #identity(): ProcessIdentity {
    this.#pid += 1
    return { boot: bootId(clock.now().boot), pid: this.#pid, startTicks: this.#pid }
  }

  #launch(key: string, words: ReadonlyArray<string>, notice: HostNotice): Launched {
    const launched = { init: this.#identity(), monitor: this.#identity() }
    const stream = new ScriptedStream()
    this.#programs.set(key, { launched, words, stream, notice, exit: undefined })
    this.#sinks.get(key)?.attached(stream)
    this.#sinks.delete(key)
    return launched
  }

  /** `exit N`, `echo …`, `cat`; everything else runs until a signal ends it. */
  #run(key: string): void {
    const program = this.#programs.get(key)
    if (program === undefined) return
    const [name, ...rest] = program.words
    if (name === 'exit') this.#end(program.launched.init, Number(rest[0] ?? '0'))
    if (name === 'cat') void program.stream.echo().then(() => this.#end(program.launched.init, 0))
    if (name !== 'echo') return
    program.stream.print('stdout', `${rest.join(' ')}\n`)
    this.#end(program.launched.init, 0)
  }

  #end(process: ProcessIdentity, code: number): void {
    for (const program of this.#programs.values()) {
      if (program.launched.init.pid !== process.pid || program.exit !== undefined) continue
      program.exit = knownExit(code, clock.now().wallMs)
      program.stream.finish()
      this.#listener(program.notice)
    }
  }

  #observe(key: string): LaunchObservation {
    const program = this.#programs.get(key)
    if (program === undefined) return { oomKilled: false }
    const { launched, exit } = program
    const alive = exit === undefined
    return {
      init: { identity: launched.init, alive },
      monitor: { identity: launched.monitor, alive },
      oomKilled: false,
      ...(exit === undefined ? {} : { exit }),
    }
  }
}

export const instantHost = (): InstantHost => new Host()
