/** Follows live incarnations: notices hurry it, a slow sweep makes up for lost ones. */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import { containerRef, type Container, type Running } from '../../domain/container/state.ts'
import type { ContainerId, ExecId } from '../../domain/identity.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { Launched } from '../../domain/ports/process-ports.ts'
import { readIncarnation } from '../../domain/recovery/incarnation.ts'
import type { World } from '../fold/world.ts'
import { observeLaunched, observeLaunchedExec } from './observe-launch.ts'

/** How long a dead init's monitor may take to write the exit down (ms). */
const drainMs = 10_000
const lookAgainMs = 50
const sweepMs = 5_000

export interface ObserverParts {
  readonly world: World
  readonly ports: Ports
  readonly submit: (command: Command) => void
  readonly log: (message: string) => void
}

export class HostObserver {
  readonly #parts: ObserverParts
  /** Wall time at which each running container was last seen alive. */
  readonly #lastAlive = new Map<ContainerId, number>()
  readonly #watched = new Map<ContainerId, number>()
  readonly #draining = new Map<string, number>()
  readonly #looking = new Set<string>()
  /** By `container/exec`: what was launched by this daemon and has not ended. */
  readonly #launchedExecs = new Map<string, Launched>()
  readonly #exitedExecs = new Map<string, { readonly ref: ContainerRef; readonly exec: ExecId }>()
  #cancelSweep: () => void = () => undefined
  #stopped = false

  constructor(parts: ObserverParts) {
    this.#parts = parts
  }

  start(): void {
    this.#parts.ports.watch.onNotice((notice) => {
      if (this.#stopped) return
      if (notice._tag === 'LaunchChanged') void this.#look(notice.id)
      else void this.#lookAtExec(notice.id, notice.exec)
    })
    for (const id of this.#parts.world.containers.keys()) this.follow(id)
    this.#scheduleSweep()
  }

  stop(): void {
    this.#stopped = true
    this.#cancelSweep()
  }

  /** After each durable change of a container: watch what has begun to run, forget what ended. */
  follow(id: ContainerId): void {
    this.#clearExitedExecs(id)
    const container = this.#parts.world.container(id)
    const live = container === undefined ? undefined : processesOf(container)
    if (container === undefined || live === undefined) {
      if (this.#watched.delete(id)) this.#parts.ports.watch.unwatch(id)
      this.#lastAlive.delete(id)
      return
    }
    const attempt = container.attempt
    if (this.#watched.get(id) === attempt) return
    this.#watched.set(id, attempt)
    this.#lastAlive.set(id, this.#parts.ports.clock.now().wallMs)
    this.#parts.ports.watch.watch(containerRef(container), [live.init, live.monitor])
    for (const [exec, { attempt }] of Object.entries(container.execs)) {
      // Adopted from the daemon before: its processes are not known here, its files are watched.
      this.#parts.ports.watch.watchExec(containerRef(container, attempt), exec as ExecId, [])
      void this.#lookAtExec(id, exec as ExecId)
    }
    void this.#look(id)
  }

  /** An exec's files prove its end: they go once that end is durable, not before (W3). */
  #clearExitedExecs(id: ContainerId): void {
    const container = this.#parts.world.container(id)
    for (const key of this.#launchedExecs.keys())
      if (key.startsWith(`${id}/`) && !(key.slice(id.length + 1) in (container?.execs ?? {})))
        this.#launchedExecs.delete(key)
    for (const [key, { ref, exec }] of this.#exitedExecs) {
      if (ref.id !== id || container?.execs[exec] !== undefined) continue
      this.#exitedExecs.delete(key)
      // What has ended altogether is cleared away by its release.
      if (container?.phase._tag === 'Running') void this.#parts.ports.monitor.clearExec(ref, exec)()
    }
  }

  /** A launched exec: its end is observed, never awaited. */
  followExec(id: ContainerId, exec: ExecId, launched: Launched): void {
    const container = this.#parts.world.container(id)
    const open = container?.execs[exec]
    if (container === undefined || open === undefined) return
    const ref = containerRef(container, open.attempt)
    this.#launchedExecs.set(`${id}/${exec}`, launched)
    this.#parts.ports.watch.watchExec(ref, exec, [launched.init, launched.monitor])
    void this.#lookAtExec(id, exec)
  }

  #scheduleSweep(): void {
    const { clock, timer } = this.#parts.ports
    this.#cancelSweep = timer.at(clock.now().monoMs + sweepMs, () => {
      if (this.#stopped) return
      void this.#sweep().then(() => this.#scheduleSweep())
    })
  }

  async #sweep(): Promise<void> {
    for (const container of [...this.#parts.world.containers.values()]) {
      if (this.#stopped) return
      if (processesOf(container) === undefined) continue
      await this.#look(container.id)
      for (const exec of Object.keys(container.execs))
        await this.#lookAtExec(container.id, exec as ExecId)
    }
  }

  /** One look at a time per subject: a second notice meanwhile is served by looking again. */
  async #once(key: string, look: () => Promise<void>): Promise<void> {
    if (this.#stopped || this.#looking.has(key)) return this.#lookAgain(key, look)
    this.#looking.add(key)
    try {
      await look()
    } finally {
      this.#looking.delete(key)
    }
  }

  #lookAgain(key: string, look: () => Promise<void>): void {
    if (this.#stopped) return
    const { clock, timer } = this.#parts.ports
    timer.at(clock.now().monoMs + lookAgainMs, () => void this.#once(key, look))
  }

  #look(id: ContainerId): Promise<void> {
    return this.#once(id, () => this.#lookOnce(id))
  }

  async #lookOnce(id: ContainerId): Promise<void> {
    const before = this.#parts.world.container(id)
    const launched = before && processesOf(before)
    if (before === undefined || launched === undefined) return
    const seen = await observeLaunched(this.#parts.ports, containerRef(before), launched)()
    const container = this.#parts.world.container(id)
    if (this.#stopped || container === undefined || container.attempt !== before.attempt) return
    if (E.isLeft(seen)) return this.#parts.log(`observe ${id}: ${JSON.stringify(seen.left)}`)
    if (container.phase._tag === 'Removing') return this.#removing(container, seen.right)
    if (container.phase._tag === 'Running') this.#running(container, container.phase, seen.right)
  }

  #running(container: Container, phase: Running, o: Parameters<typeof readIncarnation>[2]): void {
    const now = this.#parts.ports.clock.now()
    const lastAliveWallMs = this.#lastAlive.get(container.id) ?? phase.started.wallMs
    const reading = readIncarnation(container, phase, o, { now, lastAliveWallMs })
    if (o.init?.alive === true) this.#lastAlive.set(container.id, now.wallMs)
    if (reading._tag === 'Conclusive') {
      this.#draining.delete(container.id)
      for (const command of reading.commands) this.#parts.submit(command)
      return
    }
    this.#drain(container.id, { ...o, monitor: undefined }, container, phase)
  }

  /** The monitor of a dead init gets a bounded time to write the exit record. */
  #drain(
    key: ContainerId,
    gone: Omit<Parameters<typeof readIncarnation>[2], 'monitor'> & { monitor: undefined },
    container: Container,
    phase: Running,
  ): void {
    const { clock } = this.#parts.ports
    const now = clock.now()
    const since = this.#draining.get(key) ?? now.monoMs
    this.#draining.set(key, since)
    if (now.monoMs - since < drainMs) return this.#lookAgain(key, () => this.#lookOnce(key))
    this.#draining.delete(key)
    const { monitor, ...rest } = gone
    const lastAliveWallMs = this.#lastAlive.get(key) ?? phase.started.wallMs
    const reading = readIncarnation(container, phase, rest, { now, lastAliveWallMs })
    if (reading._tag === 'Conclusive')
      for (const command of reading.commands) this.#parts.submit(command)
  }

  #removing(container: Container, o: Parameters<typeof readIncarnation>[2]): void {
    const now = this.#parts.ports.clock.now()
    if (o.exit === undefined && (o.init?.alive === true || o.monitor?.alive === true))
      return this.#lookAgain(container.id, () => this.#lookOnce(container.id))
    this.#parts.submit({
      _tag: 'ObserveExit',
      id: container.id,
      attempt: container.attempt,
      exit: o.exit ?? {
        _tag: 'UnknownExit',
        lastAliveWallMs: this.#lastAlive.get(container.id) ?? now.wallMs,
        firstDeadWallMs: now.wallMs,
        reason: 'no exit record was left',
      },
      oomKilled: o.oomKilled,
      reboot: false,
    })
  }

  #lookAtExec(id: ContainerId, exec: ExecId): Promise<void> {
    return this.#once(`${id}/${exec}`, () => this.#lookAtExecOnce(id, exec))
  }

  async #lookAtExecOnce(id: ContainerId, exec: ExecId): Promise<void> {
    const container = this.#parts.world.container(id)
    const open = container?.execs[exec]
    if (container === undefined || open === undefined) return
    const ref = containerRef(container, open.attempt)
    const key = `${id}/${exec}`
    const launched = this.#launchedExecs.get(key)
    const seen = await observeLaunchedExec(this.#parts.ports, { ref, exec }, launched)()
    if (this.#stopped || E.isLeft(seen)) return
    const o = seen.right
    if (o.exit !== undefined) {
      this.#draining.delete(key)
      this.#exitedExecs.set(key, { ref, exec })
      this.#parts.submit({ _tag: 'ObserveExecExit', id, exec, exit: o.exit })
    } else if (o.init !== undefined && !o.init.alive)
      this.#drainExec(key, () => this.#lookAtExecOnce(id, exec), { id, exec })
  }

  #drainExec(
    key: string,
    look: () => Promise<void>,
    subject: { readonly id: ContainerId; readonly exec: ExecId },
  ): void {
    const now = this.#parts.ports.clock.now()
    const since = this.#draining.get(key) ?? now.monoMs
    this.#draining.set(key, since)
    if (now.monoMs - since < drainMs) return this.#lookAgain(key, look)
    this.#draining.delete(key)
    this.#parts.submit({
      _tag: 'ObserveExecExit',
      ...subject,
      exit: {
        _tag: 'UnknownExit',
        lastAliveWallMs: now.wallMs - drainMs,
        firstDeadWallMs: now.wallMs,
        reason: 'the exec left no exit record',
      },
    })
  }
}

const processesOf = (c: Container): Launched | undefined =>
  c.phase._tag === 'Running' || c.phase._tag === 'Removing'
    ? (c.phase.processes ?? undefined)
    : undefined
