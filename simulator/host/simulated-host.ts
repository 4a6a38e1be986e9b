/** The simulated host: processes live and die by their programs, monitors write exits down. */
import {
  bootId,
  sameProcess,
  type BootId,
  type ContainerId,
  type ExecId,
  type LayerId,
  type ProcessIdentity,
} from '../../domain/identity.ts'
import { knownExit } from '../../domain/ports/exit-record.ts'
import type { HostNotice } from '../../domain/ports/process-ports.ts'
import type { Now } from '../../domain/time.ts'
import type { Scheduler } from '../schedule/scheduler.ts'
import {
  incarnation,
  newBoot,
  type DurableState,
  type HostProcess,
  type LaunchFiles,
  type Notebook,
  type RunDirectory,
  type VolatileState,
} from './host-state.ts'
import { programOf, type Program } from './program.ts'

export type Programs = Readonly<Record<string, ReadonlyArray<Program>>>

export interface HostParts {
  readonly scheduler: Scheduler
  readonly programs: Programs
  readonly trace: (line: string) => void
  readonly violated: (id: string, detail: string) => void
}

type Newcomer = Pick<HostProcess, 'role' | 'container' | 'attempt' | 'exec'>

const sigkill = 9
/** What programs have handlers for: an init hears nothing else (pid_namespaces(7)). */
const handled = new Set([1, 2, 3, 15])
/** What does not end a process by default: CHLD, CONT, the stops, URG, WINCH (signal(7)). */
const harmless = new Set([17, 18, 19, 20, 21, 22, 23, 28])
/** Few pids, so that they are soon used again (I5). */
const pids = { first: 100, count: 64 }
const epochMs = 1_700_000_000_000

const isFatal = ({ role, deaf }: HostProcess, signal: number): boolean =>
  !deaf && (role === 'exec' ? !harmless.has(signal) : handled.has(signal))

const bootOf = (number: number): BootId => bootId(`boot-${number}`)

export class SimulatedHost {
  volatile: VolatileState = newBoot(1, 0)
  /** What somebody has set the wall clock forward by (ms); negative: back. */
  wallOffsetMs = 0
  readonly durable: DurableState = {
    directories: new Set(),
    writable: new Map(),
    staging: new Set(),
    layers: new Map(),
    volumes: new Map(),
    volumeStaging: new Set(),
  }
  readonly notebook: Notebook = {
    starts: new Map(),
    copies: new Map(),
    refused: new Set(),
    exits: new Map(),
    taken: new Set(),
    robbed: new Set(),
    slain: new Set(),
    boots: new Map([[bootOf(1), 0]]),
    records: new Map(),
  }
  readonly #parts: HostParts
  readonly #listeners = new Set<(notice: HostNotice) => void>()
  /** Who waits for the end of an incarnation or exec, whether its files say so or not. */
  readonly #monitors = new Map<string, ProcessIdentity>()
  #boots = 1
  #nextPid = 0
  #ticks = 0

  constructor(parts: HostParts) {
    this.#parts = parts
  }

  now(): Now {
    const { nowMs } = this.#parts.scheduler
    const { boot, bootedMs } = this.volatile
    return { boot, monoMs: 1_000 + nowMs - bootedMs, wallMs: epochMs + nowMs + this.wallOffsetMs }
  }

  /** Simulation time (ms) of a point on this boot's monotonic clock. */
  timeOf(monoMs: number): number {
    return monoMs - 1_000 + this.volatile.bootedMs
  }

  /** Simulation time (ms) of a point on any boot's monotonic clock. */
  timeIn(boot: BootId, monoMs: number): number {
    return monoMs - 1_000 + (this.notebook.boots.get(boot) ?? 0)
  }

  onNotice(listener: (notice: HostNotice) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  reboot(): void {
    this.#parts.scheduler.drop('host')
    for (const p of this.volatile.processes.values()) if (p.alive) this.#noteEnd(p, -1)
    for (const key of this.volatile.runDirectories.keys()) this.noteRecordGone(key)
    this.#boots += 1
    this.#nextPid = 0
    this.volatile = newBoot(this.#boots, this.#parts.scheduler.nowMs)
    this.notebook.boots.set(this.volatile.boot, this.#parts.scheduler.nowMs)
    this.notebook.taken.clear()
    this.#parts.trace(`host rebooted: ${this.volatile.boot}`)
  }

  program(id: ContainerId, attempt: number): Program {
    return programOf(this.#parts.programs[id] ?? [], attempt)
  }

  runDirectory(id: ContainerId, attempt: number): RunDirectory | undefined {
    return this.volatile.runDirectories.get(incarnation(id, attempt))
  }

  find(identity: ProcessIdentity): HostProcess | undefined {
    const process = this.volatile.processes.get(identity.pid)
    return process !== undefined && sameProcess(process.identity, identity) ? process : undefined
  }

  isAlive(identity: ProcessIdentity | undefined): boolean {
    return identity !== undefined && this.find(identity)?.alive === true
  }

  living(id: ContainerId): ReadonlyArray<HostProcess> {
    return [...this.volatile.processes.values()].filter(
      (p) => p.alive && p.role !== 'stranger' && p.container === id,
    )
  }

  /** Live processes in the container's cgroup: monitors are outside of it. */
  inCgroup(id: ContainerId): ReadonlyArray<HostProcess> {
    return this.living(id).filter((p) => p.role === 'init' || p.role === 'exec')
  }

  isFrozen(id: ContainerId): boolean {
    return [...this.volatile.cgroups.values()].some((c) => c.container === id && c.frozen)
  }

  spawn(newcomer: Newcomer, program: Program): HostProcess {
    const identity = {
      boot: this.volatile.boot,
      pid: this.#freePid(),
      startTicks: (this.#ticks += 1),
    }
    const process: HostProcess = {
      ...newcomer,
      identity,
      deaf: program.deaf === true,
      alive: true,
      pendingCode: undefined,
    }
    this.volatile.processes.set(identity.pid, process)
    // A launch that was cleared away and is repeated has a new init: its own end counts.
    if (newcomer.role === 'init') this.notebook.slain.delete(keyOf(process))
    if (newcomer.role === 'monitor' || newcomer.role === 'exec-monitor')
      this.#monitors.set(keyOf(process), identity)
    this.#parts.trace(`host: ${newcomer.role} ${identity.pid} of ${newcomer.container} begins`)
    return process
  }

  /** The user's process begins to run its program; counted: it may happen only once (W3). */
  begin(process: HostProcess, program: Program): void {
    const key = keyOf(process)
    const starts = (this.notebook.starts.get(key) ?? 0) + 1
    this.notebook.starts.set(key, starts)
    if (starts > 1) this.#parts.violated('W3', `${key} was started ${starts} times`)
    const { ends, losesMonitorAfterMs } = program
    if (ends !== undefined) this.#fate(ends.afterMs, () => this.#deliver(process, ends.code))
    if (losesMonitorAfterMs !== undefined)
      this.#fate(losesMonitorAfterMs, () => this.#killMonitor(process))
  }

  #fate(afterMs: number, run: () => void): void {
    const { scheduler } = this.#parts
    scheduler.add({ owner: 'host', kind: 'fate', atMs: scheduler.nowMs + afterMs, run })
  }

  #killMonitor(process: HostProcess): void {
    const monitor = this.launchFiles(process)?.monitor
    const found = monitor === undefined ? undefined : this.find(monitor)
    if (found !== undefined && process.alive) this.end(found, 128 + sigkill)
  }

  /** Answers false when that very process is gone. Signal 0 only asks. */
  signal(identity: ProcessIdentity, signal: number): boolean {
    const process = this.find(identity)
    if (process?.alive !== true) return false
    if (signal === sigkill) this.#deliver(process, 128 + sigkill)
    else if (isFatal(process, signal)) this.#deliver(process, 128 + signal)
    return true
  }

  thaw(id: ContainerId): void {
    for (const cgroup of this.volatile.cgroups.values())
      if (cgroup.container === id) cgroup.frozen = false
    for (const process of this.inCgroup(id))
      if (process.pendingCode !== undefined) this.end(process, process.pendingCode)
  }

  /** The kernel's side of a death: with an init its whole pid namespace ends. */
  end(process: HostProcess, code: number): void {
    if (!process.alive) return
    process.alive = false
    this.#noteEnd(process, code)
    this.#parts.trace(`host: ${process.role} ${process.identity.pid} ended with ${code}`)
    if (process.role === 'init') {
      const runtime = this.volatile.runtime.get(process.container)
      if (runtime?.init.pid === process.identity.pid) runtime.status = 'stopped'
      for (const other of this.inCgroup(process.container)) this.end(other, 128 + sigkill)
    }
    this.#announce(process)
    this.#writeExitDown(process, code)
  }

  mount(id: ContainerId, layers: ReadonlyArray<LayerId>): void {
    this.notebook.taken.delete(`mount ${id}`)
    this.volatile.mounts.set(id, layers)
  }

  unmount(id: ContainerId): void {
    this.volatile.mounts.delete(id)
  }

  /** Container directory and everything in its state directory. */
  removeDirectories(id: ContainerId): void {
    this.durable.directories.delete(id)
    for (const key of [...this.volatile.runDirectories.keys()]) {
      if (!key.startsWith(`${id}/`)) continue
      this.volatile.runDirectories.delete(key)
      this.noteRecordGone(key)
    }
  }

  /** A stranger gets the pid of a dead process of ours (I5). False where none is dead. */
  reusePid(): boolean {
    const dead = [...this.volatile.processes.values()].find((p) => !p.alive)
    if (dead === undefined) return false
    const identity = { ...dead.identity, startTicks: (this.#ticks += 1) }
    this.volatile.processes.set(identity.pid, { ...dead, identity, role: 'stranger', alive: true })
    return true
  }

  launchFiles(process: HostProcess): LaunchFiles | undefined {
    const run = this.runDirectory(process.container, process.attempt)
    return process.exec === undefined ? run : run?.execs.get(process.exec)
  }

  noteRecordGone(key: string): void {
    const record = this.notebook.records.get(key)
    if (record !== undefined) record.untilMs ??= this.#parts.scheduler.nowMs
  }

  #deliver(process: HostProcess, code: number): void {
    if (!process.alive) return
    const held =
      (process.role === 'init' || process.role === 'exec') && this.isFrozen(process.container)
    // On cgroup v1 even SIGKILL waits for the thaw.
    if (held) process.pendingCode = process.pendingCode === 137 ? 137 : code
    else this.end(process, code)
  }

  #writeExitDown(process: HostProcess, code: number): void {
    if (process.role !== 'init' && process.role !== 'exec') return
    const monitor = this.#monitors.get(keyOf(process))
    if (monitor === undefined) return
    this.#parts.scheduler.soon('host', () => {
      if (!this.isAlive(monitor)) return
      const files = this.launchFiles(process)
      if (files !== undefined) this.#writeRecord(process, files, code)
      // A monitor whose files are gone has nowhere to write, and ends all the same.
      this.#parts.scheduler.soon('host', () => {
        const found = this.find(monitor)
        if (found !== undefined) this.end(found, 0)
      })
    })
  }

  #writeRecord(process: HostProcess, files: LaunchFiles, code: number): void {
    files.exit = knownExit(code, this.now().wallMs)
    this.notebook.records.set(keyOf(process), {
      fromMs: this.#parts.scheduler.nowMs,
      untilMs: undefined,
    })
    this.#announce(process)
  }

  #noteEnd(process: HostProcess, code: number): void {
    if (process.role === 'init' || process.role === 'exec')
      this.notebook.exits.set(keyOf(process), code)
  }

  #announce(process: HostProcess): void {
    const { container: id, attempt, exec } = process
    const notice: HostNotice =
      exec === undefined
        ? { _tag: 'LaunchChanged', id, attempt }
        : { _tag: 'ExecChanged', id, attempt, exec }
    for (const listener of this.#listeners) listener(notice)
  }

  #freePid(): number {
    for (;;) {
      const pid = pids.first + (this.#nextPid++ % pids.count)
      if (this.volatile.processes.get(pid)?.alive !== true) return pid
    }
  }
}

/** `<id>/<attempt>` for an init, `<id>/<attempt>/<exec>` for an exec. */
export const keyOf = (p: {
  readonly container: ContainerId
  readonly attempt: number
  readonly exec: ExecId | undefined
}): string =>
  p.exec === undefined
    ? incarnation(p.container, p.attempt)
    : `${incarnation(p.container, p.attempt)}/${p.exec}`
