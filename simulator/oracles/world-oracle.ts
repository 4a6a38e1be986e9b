/** Compares a world at rest with the host: W1, W2, W6, W8, and tells why it is not at rest (L2). */
import type { Container, Running } from '../../domain/container/state.ts'
import { liveLimits, sameLimits } from '../../domain/container/limits.ts'
import type { World } from '../../journal/fold/world.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import { holdingsBy, holdingsOf } from './holdings.ts'

export type Report = (id: string, detail: string) => void

const busyRun = (c: Container, phase: Running, host: SimulatedHost): string | undefined => {
  if (phase.stop !== null && phase.stop.graceEnd !== null) return 'is being stopped'
  if (phase.freezer._tag === 'Freezing' || phase.freezer._tag === 'Thawing')
    return 'freezer is moving'
  if (phase.signals.length > 0) return 'has signals under way'
  if (c.update !== undefined) return 'has an update under way'
  if (!host.isAlive(phase.processes.init)) return 'is dead and shown as running'
  const living = new Set<string | undefined>(host.living(c.id).map((process) => process.exec))
  const ended = Object.keys(c.execs).find((id) => !living.has(id))
  return ended === undefined ? undefined : `exec ${ended} has ended and is shown as running`
}

const busyContainer = (c: Container, host: SimulatedHost): string | undefined => {
  if (c.copies !== undefined) return 'has open copies'
  switch (c.phase._tag) {
    case 'Created':
      return undefined
    case 'Running':
      return busyRun(c, c.phase, host)
    case 'Exited':
      if (c.unreleased !== null) return 'is not released'
      if (c.phase.restart !== null) return 'waits for its restart'
      return Object.keys(c.execs).length > 0 ? 'has open execs' : undefined
    case 'Creating':
    case 'Starting':
    case 'Removing':
      return `is ${c.phase._tag}`
  }
}

/** The first thing that is still under way, or undefined. */
export const unsettled = (world: World, host: SimulatedHost): string | undefined => {
  for (const c of world.containers.values()) {
    const why = busyContainer(c, host)
    if (why !== undefined) return `container ${c.id} ${why}`
  }
  for (const l of world.layers.values())
    if (l.phase._tag !== 'Committed') return `layer ${l.id} is ${l.phase._tag}`
  for (const v of world.volumes.values())
    if (v.phase._tag !== 'Ready') return `volume ${v.id} is ${v.phase._tag}`
  for (const i of world.images.values())
    if (i.phase._tag !== 'Stored') return `image ${i.id} is ${i.phase._tag}`
  return undefined
}

const checkRunning = (c: Container, phase: Running, host: SimulatedHost, report: Report): void => {
  const process = host.find(phase.processes.init)
  if (process?.alive !== true || process.container !== c.id || process.attempt !== phase.attempt)
    report('W1', `${c.id} is shown as running, its init is not there`)
  const isPaused = phase.freezer._tag === 'Frozen'
  if (isPaused !== host.isFrozen(c.id))
    report('W1', `${c.id} is ${isPaused ? '' : 'not '}paused, its cgroup says otherwise`)
}

/** The cgroup has the limits of the configuration, whatever updates met on their way. */
const checkLimits = (c: Container, host: SimulatedHost, report: Report): void => {
  const limits = host.volatile.cgroups.get(c.cgroupPath)?.limits
  if (limits !== undefined && !sameLimits(limits, liveLimits(c.host)))
    report('W1', `${c.id} has other limits than its configuration says`)
}

export const checkWorld = (world: World, host: SimulatedHost, report: Report): void => {
  for (const c of world.containers.values())
    if (c.phase._tag === 'Running') {
      checkRunning(c, c.phase, host, report)
      checkLimits(c, host, report)
    }
  const has = new Set(holdingsOf(host))
  const should = new Set(holdingsBy(world, host))
  for (const one of has)
    if (!should.has(one)) report(one.startsWith('process') ? 'W2' : 'W6', `left over: ${one}`)
  for (const one of should)
    if (!has.has(one) && !host.notebook.taken.has(one)) report('W1', `missing: ${one}`)
}
