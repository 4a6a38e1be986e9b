/** Observation of the whole host, and the notices that hurry it. */
import type { ContainerId, ExecId } from '../../domain/identity.ts'
import type { HostNotice, LaunchObservation, WatchPort } from '../../domain/ports/process-ports.ts'
import type {
  ContainerObservation,
  HostObservation,
  IncarnationObservation,
  ObservePort,
  Stranger,
} from '../../domain/ports/observation.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import type { DaemonLife } from './daemon-life.ts'
import { observationOf } from './monitor-double.ts'
import { reading } from './port-call.ts'
import { statusOf } from './process-doubles.ts'

const incarnationsOf = (
  host: SimulatedHost,
  id: ContainerId,
): ReadonlyArray<IncarnationObservation> =>
  [...host.volatile.runDirectories].flatMap(([key, run]) => {
    if (!key.startsWith(`${id}/`)) return []
    const execs: Record<ExecId, LaunchObservation> = {}
    for (const [exec, files] of run.execs) execs[exec] = observationOf(host, files)
    return [{ ...observationOf(host, run), attempt: Number(key.slice(id.length + 1)), execs }]
  })

const containerOf = (host: SimulatedHost, id: ContainerId): ContainerObservation => ({
  incarnations: incarnationsOf(host, id),
  runtime: statusOf(host, id),
  rootfsMounted: host.volatile.mounts.has(id),
  cgroup: [...host.volatile.cgroups.values()].some((c) => c.container === id),
  frozen: host.isFrozen(id),
  processes: host.inCgroup(id).length,
  directory: host.durable.directories.has(id),
  writableLayer: host.durable.writable.has(id),
})

const traces = (host: SimulatedHost): ReadonlySet<ContainerId> =>
  new Set([
    ...host.durable.directories,
    ...host.durable.writable.keys(),
    ...host.volatile.mounts.keys(),
    ...host.volatile.runtime.keys(),
    ...[...host.volatile.cgroups.values()].map((c) => c.container),
    ...[...host.volatile.runDirectories.keys()].map((k) => k.split('/')[0] as ContainerId),
    ...[...host.volatile.processes.values()]
      .filter((p) => p.alive && p.role !== 'stranger')
      .map((p) => p.container),
  ])

const strangersOn = (host: SimulatedHost): ReadonlyArray<Stranger> =>
  [...host.durable.staging, ...host.durable.volumeStaging].map((name) => ({
    kind: 'staging',
    name,
  }))

const observe = (host: SimulatedHost): HostObservation => {
  const containers: Record<ContainerId, ContainerObservation> = {}
  for (const id of traces(host)) containers[id] = containerOf(host, id)
  const strangers = strangersOn(host)
  const { boot, wallMs } = host.now()
  const layers = [...host.durable.layers.keys()]
  const volumes = [...host.durable.volumes.keys()]
  return { boot, wallMs, containers, layers, volumes, strangers }
}

export const observeDouble = (d: DaemonLife): ObservePort => ({
  observe: () => reading(d, 'observe host', () => observe(d.host)),
})

/** Notices come late, sometimes twice, sometimes never. */
const delaysMs = [0, 2, 20] as const
const oneInLost = 8
const oneInTwice = 8

const launchOf = (notice: HostNotice): string =>
  notice._tag === 'LaunchChanged' ? `${notice.attempt}` : `${notice.attempt}/${notice.exec}`

export const watchDouble = (d: DaemonLife): { port: WatchPort; close: () => void } => {
  const watched = new Map<ContainerId, Set<string>>()
  const listeners: Parameters<WatchPort['onNotice']>[0][] = []
  const isWatched = (notice: HostNotice): boolean =>
    watched.get(notice.id)?.has(launchOf(notice)) === true
  const tell = (notice: HostNotice): void => {
    if (isWatched(notice)) for (const listener of listeners) listener(notice)
  }
  const news = (notice: HostNotice): void => {
    if (!isWatched(notice) || d.prng.oneIn(oneInLost)) return
    const times = d.prng.oneIn(oneInTwice) ? 2 : 1
    for (let n = 0; n < times; n += 1)
      d.scheduler.add({
        owner: d.owner,
        kind: 'work',
        atMs: d.scheduler.nowMs + d.prng.pick(delaysMs),
        run: () => tell(notice),
      })
  }
  /** What was there before the watch is news too. */
  const begin = (notice: HostNotice): void => {
    const launches = watched.get(notice.id) ?? new Set()
    watched.set(notice.id, launches.add(launchOf(notice)))
    news(notice)
  }
  return {
    close: d.host.onNotice(news),
    port: {
      watch: ({ id, attempt }) => begin({ _tag: 'LaunchChanged', id, attempt }),
      watchExec: ({ id, attempt }, exec) => begin({ _tag: 'ExecChanged', id, attempt, exec }),
      unwatch: (id) => void watched.delete(id),
      onNotice: (listener) => void listeners.push(listener),
    },
  }
}
