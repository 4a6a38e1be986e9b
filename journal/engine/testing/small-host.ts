/** The smallest host that containers can live on: every effect is answered at once and applied. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type {
  ContainerId,
  ExecId,
  LayerId,
  ProcessIdentity,
  VolumeName,
} from '../../../domain/identity.ts'
import { notApplied, type Answer } from '../../../domain/ports/answer.ts'
import { knownExit } from '../../../domain/ports/exit-record.ts'
import type { ContainerRef } from '../../../domain/ports/layout.ts'
import type { ContainerObservation } from '../../../domain/ports/observation.ts'
import type { Ports } from '../../../domain/ports/ports.ts'
import type {
  HostNotice,
  LaunchObservation,
  Launched,
} from '../../../domain/ports/process-ports.ts'
import type { ManualTime } from './manual-time.ts'

interface Run {
  readonly id: ContainerId
  readonly attempt: number
  readonly exec: ExecId | undefined
  readonly launched: Launched
  exit: ReturnType<typeof knownExit> | undefined
}

const ok: Answer<void> = TE.right(undefined)

export class SmallHost {
  /** Effects in the order in which they were called, e.g. `launch <id>`. */
  readonly calls: string[] = []
  readonly #time: ManualTime
  readonly #runs = new Map<string, Run>()
  readonly #started = new Set<ContainerId>()
  readonly #layers = new Set<LayerId>()
  readonly #volumes = new Set<VolumeName>()
  #listener: (notice: HostNotice) => void = () => undefined
  #pids = 100

  constructor(time: ManualTime) {
    this.#time = time
  }

  /** An init or exec ends by itself; its monitor writes that down and ends too. */
  exit(ref: Pick<ContainerRef, 'id' | 'attempt'>, code: number, exec?: ExecId): void {
    const run = this.#runs.get(keyOf(ref, exec))
    if (run === undefined || run.exit !== undefined) return
    run.exit = knownExit(code, this.#time.clock.now().wallMs)
    const { id, attempt } = ref
    if (exec === undefined) this.#started.delete(id)
    this.#listener(
      exec === undefined
        ? { _tag: 'LaunchChanged', id, attempt }
        : { _tag: 'ExecChanged', id, attempt, exec },
    )
  }

  readonly ports = (): Ports => ({
    ...this.#time,
    ...this.#processPorts(),
    ...this.#storagePorts(),
    cgroup: {
      freeze: (ref) => this.#called('freeze', ref.id),
      thaw: () => ok,
      setLimits: () => ok,
      isFrozen: () => TE.right(false),
      killAll: () => ok,
      remove: () => ok,
    },
    observe: {
      observe: () =>
        TE.right({
          boot: this.#time.clock.now().boot,
          wallMs: this.#time.clock.now().wallMs,
          containers: this.#observeAll(),
          layers: [...this.#layers],
          volumes: [...this.#volumes],
          strangers: [],
        }),
    },
    watch: {
      watch: () => undefined,
      watchExec: () => undefined,
      unwatch: () => undefined,
      onNotice: (listener) => void (this.#listener = listener),
    },
    entropy: { hex: (bytes) => (this.#pids += 1).toString(16).padStart(bytes * 2, '0') },
  })

  #processPorts(): Pick<Ports, 'runtime' | 'monitor' | 'process'> {
    return {
      runtime: {
        start: (ref) => this.#called('start', ref.id, () => this.#started.add(ref.id)),
        status: (ref) => TE.right(this.#started.has(ref.id) ? 'running' : 'created'),
        remove: () => ok,
      },
      monitor: {
        launch: ({ ref }) => this.#launch('launch', ref),
        observe: (ref) => TE.right(this.#observe(keyOf(ref))),
        exec: ({ ref, exec }) => this.#launch('exec', ref, exec),
        observeExec: (ref, exec) => TE.right(this.#observe(keyOf(ref, exec))),
        clear: (ref) => this.#called('clear', ref.id, () => this.#runs.delete(keyOf(ref))),
        clearExec: (ref, exec) =>
          this.#called('clear exec', ref.id, () => this.#runs.delete(keyOf(ref, exec))),
      },
      process: {
        signal: (process, signal) => () => this.#signal(process, signal)(),
        isAlive: (process) => TE.right(this.#runOf(process) !== undefined),
      },
    }
  }

  #storagePorts(): Pick<Ports, 'layer' | 'rootfs' | 'bundle' | 'volume' | 'copy'> {
    return {
      volume: {
        create: ({ volume }) => this.#called('make', volume, () => this.#volumes.add(volume)),
        remove: (volume) => this.#called('unmake', volume, () => this.#volumes.delete(volume)),
      },
      copy: { transfer: () => ok, end: () => ok },
      layer: {
        unpack: ({ layer }) => {
          const unpacked = this.#called('unpack', layer, () => this.#layers.add(layer))
          return TE.map(() => 1_000)(unpacked)
        },
        remove: (layer) => this.#called('retire', layer, () => this.#layers.delete(layer)),
        isCommitted: (layer) => TE.right(this.#layers.has(layer)),
      },
      rootfs: {
        createWritable: (id) => this.#called('create', id),
        removeWritable: (id) => this.#called('remove', id),
        mount: ({ id }) => this.#called('mount', id),
        unmount: () => ok,
      },
      bundle: { createDirectory: () => ok, removeDirectory: () => ok, writeBundle: () => ok },
    }
  }

  #called(what: string, subject: string, apply: () => void = () => undefined): Answer<void> {
    return () => {
      this.calls.push(`${what} ${subject}`)
      apply()
      return ok()
    }
  }

  #launch(what: string, ref: ContainerRef, exec?: ExecId): Answer<Launched> {
    return () => {
      this.calls.push(`${what} ${ref.id}`)
      const launched = { init: this.#identity(), monitor: this.#identity() }
      const { id, attempt } = ref
      this.#runs.set(keyOf(ref, exec), { id, attempt, exec, launched, exit: undefined })
      return TE.right(launched)()
    }
  }

  #identity(): ProcessIdentity {
    this.#pids += 1
    return { boot: this.#time.clock.now().boot, pid: this.#pids, startTicks: this.#pids }
  }

  #runOf(process: ProcessIdentity): Run | undefined {
    return [...this.#runs.values()].find(
      (r) => r.exit === undefined && r.launched.init.pid === process.pid,
    )
  }

  #signal(process: ProcessIdentity, signal: number): Answer<void> {
    const run = this.#runOf(process)
    if (run === undefined) return TE.left(notApplied('ESRCH', 'no such process'))
    return this.#called(`signal ${signal}`, run.id, () => this.exit(run, 128 + signal, run.exec))
  }

  #observe(key: string): LaunchObservation {
    const run = this.#runs.get(key)
    if (run === undefined) return { oomKilled: false }
    const alive = run.exit === undefined
    return {
      init: { identity: run.launched.init, alive },
      monitor: { identity: run.launched.monitor, alive },
      ...(run.exit === undefined ? {} : { exit: run.exit }),
      oomKilled: false,
    }
  }

  #execsOf({ id, attempt }: Run): Readonly<Record<ExecId, LaunchObservation>> {
    return Object.fromEntries(
      [...this.#runs.values()].flatMap((r) =>
        r.exec !== undefined && r.id === id && r.attempt === attempt
          ? [[r.exec, this.#observe(keyOf(r, r.exec))]]
          : [],
      ),
    )
  }

  #observeAll(): Readonly<Record<ContainerId, ContainerObservation>> {
    const inits = [...this.#runs.values()].filter((r) => r.exec === undefined)
    return Object.fromEntries(
      inits.map((run) => [
        run.id,
        {
          incarnations: [
            { attempt: run.attempt, execs: this.#execsOf(run), ...this.#observe(keyOf(run)) },
          ],
          runtime: this.#started.has(run.id) ? 'running' : 'created',
          rootfsMounted: true,
          cgroup: true,
          frozen: false,
          processes: run.exit === undefined ? 1 : 0,
          directory: true,
          writableLayer: true,
        } as const,
      ]),
    )
  }
}

const keyOf = (
  { id, attempt }: { readonly id: ContainerId; readonly attempt: number },
  exec?: ExecId,
): string => `${id}/${attempt}/${exec ?? ''}`
