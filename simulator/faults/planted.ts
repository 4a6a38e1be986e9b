/** Bugs that are planted from outside, so that the oracles are shown to find them (M3). */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { dueContainer } from '../../domain/container/due/due-container.ts'
import { dueLayer } from '../../domain/layer/due.ts'
import { dueVolume } from '../../domain/volume/due.ts'
import type { Plan } from '../../domain/plan.ts'
import { knownExit } from '../../domain/ports/exit-record.ts'
import { effectTable } from '../../domain/ports/effects.ts'
import type { HostObservation } from '../../domain/ports/observation.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { LaunchObservation } from '../../domain/ports/process-ports.ts'
import { foldEnvelope } from '../../journal/fold/replay.ts'
import { World } from '../../journal/fold/world.ts'
import { decodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { runEffect } from '../../journal/runner/interpreter.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import type { Head, JournalStore, NewRecord } from '../../journal/store/journal-store.ts'

export interface PlantedParts {
  readonly ports: Ports
  /** For oracles: what is really there, whatever the ports say. */
  readonly host: SimulatedHost
  /** Runs `work` as a step of its own; it is lost when the daemon dies first. */
  readonly later: (work: () => void) => void
}

export interface PlantedBug {
  readonly name: string
  readonly ports?: (ports: Ports) => Ports
  /** Wraps the store of each daemon; `parts.ports` are that daemon's own. */
  readonly store?: (store: JournalStore, parts: PlantedParts) => JournalStore
}

const isRepeatable = (plan: Plan): boolean =>
  plan.steps.every((step) => effectTable[step._tag].class === 'idempotent')

/** The plans that a batch makes due, by a fold of its own. */
const plansAfter = (world: World, records: ReadonlyArray<NewRecord>, ports: Ports) => {
  const now = ports.clock.now()
  for (const record of records) {
    const envelope = decodeEnvelope(record.bytes)
    if (E.isRight(envelope)) foldEnvelope(world, envelope.right)
  }
  return [
    ...[...world.containers.values()].flatMap((c) => dueContainer(c, now).plans),
    ...[...world.layers.values()].flatMap((l) => dueLayer(l).plans),
    ...[...world.volumes.values()].flatMap((v) => dueVolume(v).plans),
  ].filter(isRepeatable)
}

/** Intent and effect are swapped: what a batch makes due runs before the batch is durable. */
export const effectBeforeIntent: PlantedBug = {
  name: 'an effect runs before its intent is durable',
  store: (store, { ports }) => {
    const world = new World()
    const ran = new Set<string>()
    let folded: Promise<void> | undefined
    const fold = async (): Promise<void> => {
      for await (const { bytes } of store.read(1)) {
        const envelope = decodeEnvelope(bytes)
        if (E.isRight(envelope)) foldEnvelope(world, envelope.right)
      }
    }
    return {
      ...store,
      append: async (records) => {
        await (folded ??= fold())
        for (const plan of plansAfter(world, records, ports)) {
          if (ran.has(plan.key)) continue
          ran.add(plan.key)
          for (const step of plan.steps) await runEffect(ports, step)()
        }
        await store.append(records)
      },
    }
  },
}

/** One clean-up is dropped: the root file system stays mounted. */
export const forgottenUnmount: PlantedBug = {
  name: 'the release forgets to unmount',
  ports: (ports) => ({
    ...ports,
    rootfs: { ...ports.rootfs, unmount: () => TE.right(undefined) },
  }),
}

/** One clean-up is dropped: the cgroup stays. */
export const forgottenCgroup: PlantedBug = {
  name: 'the release forgets the cgroup',
  ports: (ports) => ({
    ...ports,
    cgroup: { ...ports.cgroup, remove: () => TE.right(undefined) },
  }),
}

/** Appends are acknowledged at once and written afterwards: a crash loses what was promised. */
export const acknowledgedBeforeSync: PlantedBug = {
  name: 'an append is acknowledged before it is durable',
  store: (store, { later }) => {
    let head: Head = store.head()
    let writing: Promise<void> = Promise.resolve()
    return {
      ...store,
      head: () => head,
      append: (records) => {
        const last = records.at(-1)
        if (last !== undefined) head = { seq: last.seq, hash: last.hash }
        const turn = new Promise<void>((resolve) => later(resolve))
        writing = Promise.all([writing, turn]).then(() => store.append(records))
        // Nobody hears of a failure: that is the bug.
        writing.catch(() => undefined)
        return Promise.resolve()
      },
    }
  },
}

/** The probe of a start always says that nothing has happened. */
export const blindProbe: PlantedBug = {
  name: 'a start is repeated without looking',
  ports: (ports) => ({
    ...ports,
    runtime: { ...ports.runtime, status: () => TE.right('created') },
  }),
}

/** A missing exit record is taken for a success. */
export const inventedExit: PlantedBug = {
  name: 'an unknown exit becomes 0',
  ports: (ports) => ({
    ...ports,
    monitor: {
      ...ports.monitor,
      observe: (ref) =>
        TE.map((o: LaunchObservation): LaunchObservation =>
          o.init?.alive === false && o.exit === undefined
            ? { ...o, exit: knownExit(0, ports.clock.now().wallMs) }
            : o,
        )(ports.monitor.observe(ref)),
    },
  }),
}

/** An exec's files are cleared away as soon as its exit was read, before that exit is durable. */
export const clearedProof: PlantedBug = {
  name: 'the proof of an exit is cleared before the exit is durable',
  ports: (ports) => ({
    ...ports,
    monitor: {
      ...ports.monitor,
      observeExec: (ref, exec) =>
        TE.chainFirst((o: LaunchObservation) =>
          o.exit === undefined ? TE.right(undefined) : ports.monitor.clearExec(ref, exec),
        )(ports.monitor.observeExec(ref, exec)),
    },
  }),
}

/** A port that reports another stranger at every look: no recovery is ever like the one before. */
export const eternalStranger: PlantedBug = {
  name: 'each recovery finds news again',
  ports: (ports) => ({
    ...ports,
    observe: {
      observe: () =>
        TE.map((o: HostObservation): HostObservation => ({
          ...o,
          strangers: [{ kind: 'mount', name: `/somewhere/${ports.clock.now().monoMs}` }],
        }))(ports.observe.observe()),
    },
  }),
}
