/** What the host holds of ours against what the journal says that it should hold (I11). */
import type { Container } from '../../domain/container/state.ts'
import type { World } from '../../journal/fold/world.ts'
import { incarnation } from '../host/host-state.ts'
import { keyOf, type SimulatedHost } from '../host/simulated-host.ts'

/** `process init <id>/1`, `mount <id>`, …: one line per resource. */
export const holdingsOf = (host: SimulatedHost): ReadonlyArray<string> => {
  const { durable } = host
  const v = host.volatile
  return [
    ...[...v.processes.values()]
      .filter((p) => p.alive && p.role !== 'stranger')
      .map((p) => `process ${p.role} ${keyOf(p)}`),
    ...[...v.mounts.keys()].map((id) => `mount ${id}`),
    ...[...v.cgroups.values()].map((c) => `cgroup ${c.container}`),
    ...[...v.runDirectories.keys()].map((key) => `run directory ${key}`),
    ...[...v.runtime.keys()].map((id) => `runtime container ${id}`),
    ...[...durable.directories].map((id) => `directory ${id}`),
    ...[...durable.writable].map(([id, size]) => `writable layer ${id} ${size}`),
    ...[...durable.staging].map((id) => `staging ${id}`),
    ...[...durable.layers.keys()].map((id) => `layer ${id}`),
    ...[...durable.volumeStaging].map((id) => `staging of volume ${id}`),
    ...[...durable.volumes.keys()].map((id) => `volume ${id}`),
  ].sort()
}

/** Strangers took the evidence: such an exec may be given up, its container ends it. */
const robbedExecs = (c: Container, host: SimulatedHost): ReadonlyArray<string> =>
  host
    .living(c.id)
    .filter((p) => p.exec !== undefined && host.notebook.robbed.has(keyOf(p)))
    .map((p) => `process ${p.role} ${keyOf(p)}`)

const ofContainer = (c: Container, host: SimulatedHost): ReadonlyArray<string> => {
  const always = [`directory ${c.id}`, `writable layer ${c.id} whole`]
  if (c.phase._tag !== 'Running') return always
  const key = incarnation(c.id, c.phase.attempt)
  const execs = Object.keys(c.execs).flatMap((exec) => [
    `process exec ${key}/${exec}`,
    `process exec-monitor ${key}/${exec}`,
  ])
  const monitor = c.phase.monitorLost ? [] : [`process monitor ${key}`]
  const init = host.isAlive(c.phase.processes.init) ? [`process init ${key}`] : []
  return [
    ...always,
    ...execs,
    ...robbedExecs(c, host),
    ...monitor,
    ...init,
    `mount ${c.id}`,
    `cgroup ${c.id}`,
    `run directory ${key}`,
    `runtime container ${c.id}`,
  ]
}

/** For a world at rest. */
export const holdingsBy = (world: World, host: SimulatedHost): ReadonlyArray<string> =>
  [
    ...[...world.containers.values()].flatMap((c) => ofContainer(c, host)),
    ...[...world.layers.values()].flatMap((l) =>
      l.phase._tag === 'Committed' ? [`layer ${l.id}`] : [],
    ),
    ...[...world.volumes.keys()].map((id) => `volume ${id}`),
  ].sort()
