/** Host against state: what the journal says must be there, and what is there without an owner. */
import type { Container } from '../../domain/container/state.ts'
import type {
  ContainerObservation,
  HostObservation,
  Stranger,
} from '../../domain/ports/observation.ts'
import type { World } from '../fold/world.ts'
import type { AuditFinding } from './verdict.ts'

const check = 'host'

const finding = (subject: string, detail: string): AuditFinding => ({ check, subject, detail })

const missing = (
  subject: string,
  wanted: ReadonlyArray<readonly [there: boolean, what: string]>,
): ReadonlyArray<AuditFinding> =>
  wanted.filter(([there]) => !there).map(([, what]) => finding(subject, `${what} is missing`))

const left = (
  subject: string,
  unwanted: ReadonlyArray<readonly [there: boolean, what: string]>,
): ReadonlyArray<AuditFinding> =>
  unwanted.filter(([there]) => there).map(([, what]) => finding(subject, `${what} is left over`))

const ofResting = (subject: string, seen: ContainerObservation): ReadonlyArray<AuditFinding> =>
  left(subject, [
    [seen.rootfsMounted, 'its root filesystem is still mounted: it'],
    [seen.cgroup, 'its cgroup'],
    [seen.processes > 0, `a number of processes (${seen.processes})`],
    [seen.runtime !== 'absent', 'its entry in the runtime'],
  ])

const ofRunning = (
  subject: string,
  attempt: number,
  seen: ContainerObservation,
): ReadonlyArray<AuditFinding> => {
  const incarnation = seen.incarnations.find((i) => i.attempt === attempt)
  return missing(subject, [
    [incarnation?.init?.alive === true || incarnation?.exit !== undefined, 'its process'],
    [seen.rootfsMounted, 'its root filesystem'],
    [seen.cgroup, 'its cgroup'],
  ])
}

/** Containers with open work are on their way: nothing can be said of them now. */
const isAtRest = ({ phase, unreleased, execs }: Container): boolean =>
  (phase._tag === 'Created' || phase._tag === 'Exited' || phase._tag === 'Running') &&
  (phase._tag !== 'Running' || phase.stop === null) &&
  unreleased === null &&
  Object.keys(execs).length === 0

const ofContainer = (
  container: Container,
  seen: ContainerObservation | undefined,
): ReadonlyArray<AuditFinding> => {
  if (!isAtRest(container)) return []
  const subject = `container ${container.id}`
  if (seen === undefined) return [finding(subject, 'the host has no trace of it')]
  const { phase } = container
  return [
    ...missing(subject, [
      [seen.directory, 'its directory'],
      [seen.writableLayer, 'its writable layer'],
    ]),
    ...(phase._tag === 'Running'
      ? ofRunning(subject, phase.attempt, seen)
      : ofResting(subject, seen)),
  ]
}

const ofLayers = (
  world: World,
  present: HostObservation['layers'],
): ReadonlyArray<AuditFinding> => {
  const onDisk = new Set(present)
  const lost = [...world.layers.values()]
    .filter((l) => l.phase._tag === 'Committed' && !onDisk.has(l.id))
    .map((l) => finding(`layer ${l.id}`, 'its directory is missing'))
  const orphaned = present
    .filter((id) => !world.layers.has(id))
    .map((id) => finding(`layer ${id}`, 'it has a directory, the journal does not know it'))
  return [...lost, ...orphaned]
}

/** A volume under way may have its directory or not. */
const ofVolumes = (
  world: World,
  present: HostObservation['volumes'],
): ReadonlyArray<AuditFinding> => {
  const onDisk = new Set(present)
  const lost = [...world.volumes.values()]
    .filter((v) => v.phase._tag === 'Ready' && !onDisk.has(v.id))
    .map((v) => finding(`volume ${v.id}`, 'its directory is missing'))
  const unknown = present
    .filter((id) => !world.volumes.has(id))
    .map((id) => finding(`volume ${id}`, 'it has a directory, the journal does not know it'))
  return [...lost, ...unknown]
}

/** Staging of a layer, volume or container that is made or removed right now has its owner. */
const isUnderWay = (world: World, { kind, name }: Stranger): boolean => {
  if (kind !== 'staging') return false
  const staged = name.split('/').at(-1) ?? ''
  return (
    [...world.layers.values()].some((l) => l.phase._tag !== 'Committed' && l.id === staged) ||
    [...world.volumes.values()].some(
      (v) => v.phase._tag !== 'Ready' && (v.id === staged || `volume-${v.id}` === staged),
    ) ||
    [...world.containers.values()].some(
      (c) => c.phase._tag === 'Removing' && `container-${c.id}` === staged,
    )
  )
}

/** Pure: `world` and `observation` must be of one moment. */
export const hostFindings = (
  world: World,
  observation: HostObservation,
): ReadonlyArray<AuditFinding> => {
  const { containers, strangers } = observation
  const own = [...world.containers.values()].flatMap((c) => ofContainer(c, containers[c.id]))
  const orphans = Object.keys(containers)
    .filter((id) => ![...world.containers.keys()].some((known) => known === id))
    .map((id) => finding(`container ${id}`, 'the host has traces of it, the journal has none'))
  const unowned = strangers.filter((s) => !isUnderWay(world, s))
  const others = unowned.map((s) => finding(`${s.kind} ${s.name}`, 'it has our mark, no owner'))
  return [
    ...own,
    ...orphans,
    ...ofLayers(world, observation.layers),
    ...ofVolumes(world, observation.volumes),
    ...others,
  ]
}
