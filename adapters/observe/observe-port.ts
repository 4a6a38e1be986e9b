/** Reads everything on the host that carries our mark: what recovery and audit start from. */
import { existsSync, realpathSync } from 'node:fs'
import { execId, type ContainerId, type ExecId } from '../../domain/identity.ts'
import { answering } from '../../domain/ports/answer.ts'
import {
  cgroupPath,
  rootfsMount,
  runtimeRoot,
  type ContainerRef,
} from '../../domain/ports/layout.ts'
import type {
  ContainerObservation,
  HostObservation,
  IncarnationObservation,
  ObservePort,
} from '../../domain/ports/observation.ts'
import type { LaunchObservation, RuntimeStatus } from '../../domain/ports/process-ports.ts'
import { isFrozen } from '../cgroups/freezer.ts'
import { mountsAtOrBelow } from '../kernel/mountinfo.ts'
import { currentBoot } from '../kernel/proc.ts'
import { observeLaunch } from '../monitor/launch-observation.ts'
import { execFiles, execsDirectory, incarnationFiles } from '../monitor/monitor-files.ts'
import { statusFromFiles } from '../runtime/runtime-state-file.ts'
import { scanCgroups } from './cgroup-scan.ts'
import { isContainerName, namesIn, scanDirectories, type RunState } from './directory-scan.ts'
import { breathe, scanProcesses } from './process-scan.ts'
import { classifyByErrno } from '../errors/effect-failure.ts'
import { findStrangers, namedId, type ObserveParts, type Scans } from './strangers.ts'

const pathOf = (s: Scans, id: ContainerId): string =>
  s.cgroups.paths.get(id) ?? cgroupPath(s.parts.cgroupParents()[0] ?? 'isulad', id)

const execsOf = (s: Scans, ref: ContainerRef, monitors: ReadonlyArray<number>) => {
  const execs: Record<ExecId, LaunchObservation> = {}
  for (const exec of namesIn(execsDirectory(s.parts.layout, ref)).map(execId)) {
    const files = execFiles(s.parts.layout, ref, exec)
    const { keepsProofs: keepsProof } = s.parts
    execs[exec] = observeLaunch({ files, cgroupPath: ref.cgroupPath, keepsProof, monitors })
  }
  return execs
}

const incarnations = (s: Scans, run: RunState): ReadonlyArray<IncarnationObservation> => {
  const monitors = [...s.processes.monitors.values()]
  return run.attempts.map((attempt) => {
    const ref = { id: run.id, runtime: run.runtime, attempt, cgroupPath: pathOf(s, run.id) }
    const files = incarnationFiles(s.parts.layout, ref)
    const observed = observeLaunch({
      files,
      cgroupPath: ref.cgroupPath,
      keepsProof: s.parts.keepsProofs,
      oomCountedBy: s.parts.host,
      monitors,
    })
    return { attempt, ...observed, execs: execsOf(s, ref, monitors) }
  })
}

const runtimeStatus = (s: Scans, id: ContainerId, frozen: boolean): RuntimeStatus => {
  const name = s.directories.runtimes.get(id)
  if (name === undefined) return 'absent'
  return statusFromFiles(`${runtimeRoot(s.parts.layout, name)}/${id}`, frozen)
}

/** All but the processes, which one pass counts for all containers. */
const observeContainer = (
  s: Scans,
  id: ContainerId,
  runs: ReadonlyArray<RunState>,
): Omit<ContainerObservation, 'processes'> => {
  const cgroup = s.cgroups.paths.has(id)
  const frozen = cgroup && isFrozen(s.parts.host, pathOf(s, id))
  return {
    incarnations: runs.flatMap((run) => incarnations(s, run)),
    runtime: runtimeStatus(s, id, frozen),
    rootfsMounted: s.mounts.has(rootfsMount(s.parts.layout, id)),
    cgroup,
    frozen,
    directory: s.directories.directories.has(id),
    writableLayer: s.directories.writable.has(id),
  }
}

/** Members by container: one pass, so that many containers do not make it quadratic. */
const processesByContainer = (s: Scans): ReadonlyMap<string, number> => {
  const pids = new Map<string, Set<number>>()
  for (const [path, members] of s.processes.byCgroup) {
    const owner = path.split('/').find((part) => isContainerName(part)) ?? path
    const all = pids.get(owner) ?? new Set<number>()
    for (const pid of members) all.add(pid)
    pids.set(owner, all)
  }
  return new Map([...pids].map(([owner, members]) => [owner, members.size]))
}

/** The mount table has no symbolic links (`/var/run`); our names may have. */
const mountsBelow = (directory: string): ReadonlyArray<string> => {
  if (!existsSync(directory)) return []
  const real = realpathSync(directory)
  return mountsAtOrBelow(real).map((m) => `${directory}${m.mountPoint.slice(real.length)}`)
}

const scan = async (parts: ObserveParts): Promise<Scans> => {
  const { layout } = parts
  const parents = parts.cgroupParents()
  const processes = await scanProcesses(layout.state, parents)
  const mounts = [layout.root, layout.state].flatMap(mountsBelow)
  await breathe()
  return {
    parts,
    processes,
    mounts: new Set(mounts),
    cgroups: scanCgroups(parts.host, parents),
    directories: scanDirectories(layout),
  }
}

/** Containers looked at before the event loop gets its turn. */
const slice = 32

const observeHost = async (parts: ObserveParts): Promise<HostObservation> => {
  const s = await scan(parts)
  const runs = new Map<ContainerId, ReadonlyArray<RunState>>()
  for (const run of s.directories.runs) runs.set(run.id, [...(runs.get(run.id) ?? []), run])
  const mounted = [...s.mounts].flatMap((path) => {
    const id = namedId(path)
    return id !== undefined && path === rootfsMount(parts.layout, id) ? [id] : []
  })
  const { runtimes, directories, writable } = s.directories
  const found = [runs, s.cgroups.paths, runtimes].flatMap((map) => [...map.keys()])
  const ids = new Set([...found, ...directories, ...writable, ...mounted])
  const counts = processesByContainer(s)
  const containers: Record<ContainerId, ContainerObservation> = {}
  for (const [i, id] of [...ids].entries()) {
    const seen = observeContainer(s, id, runs.get(id) ?? [])
    containers[id] = { ...seen, processes: counts.get(id) ?? 0 }
    if (i % slice === slice - 1) await breathe()
  }
  return {
    boot: currentBoot(),
    wallMs: Date.now(),
    containers,
    layers: s.directories.layers,
    volumes: s.directories.volumes,
    strangers: findStrangers(s, ids),
  }
}

export const makeObservePort = (parts: ObserveParts): ObservePort => ({
  observe: () => answering(() => observeHost(parts), classifyByErrno),
})
