/** The simulated host and its doubles as a host under contract. */
import {
  containerId,
  diffId,
  layerId,
  type ContainerId,
  type CopyId,
} from '../../domain/identity.ts'
import type { Answer, EffectError } from '../../domain/ports/answer.ts'
import type * as E from 'fp-ts/lib/Either.js'
import { simulatedPorts } from '../../simulator/doubles/simulated-ports.ts'
import { brokenEntry } from '../../simulator/doubles/storage-doubles.ts'
import { noFaults } from '../../simulator/faults/fault-source.ts'
import * as simulated from '../../simulator/host/program.ts'
import { incarnation } from '../../simulator/host/host-state.ts'
import { SimulatedHost } from '../../simulator/host/simulated-host.ts'
import { drained } from '../../simulator/schedule/drained.ts'
import { Prng } from '../../simulator/schedule/prng.ts'
import { Scheduler } from '../../simulator/schedule/scheduler.ts'
import { bundleRequest } from './container-request.ts'
import { valueOf, type HostUnderContract, type Program } from './host-under-contract.ts'

const owner = 'daemon-1'
const noSuchCommandText = 'executable file `no-such-command` not found in $PATH'

const programOf = (program: Program): simulated.Program => {
  switch (program._tag) {
    case 'Forever':
    case 'OutOfMemory':
      return simulated.forever
    case 'Deaf':
      return { deaf: true }
    case 'Exits':
      return simulated.exits(program.code, program.afterMs)
    case 'NoSuchCommand':
      return { launchFails: noSuchCommandText }
  }
}

const execArgs = (program: Program): ReadonlyArray<string> => {
  switch (program._tag) {
    case 'Exits':
      return ['exit', `${program.code}`, `${program.afterMs}`]
    case 'NoSuchCommand':
      return ['fail']
    case 'Forever':
    case 'Deaf':
    case 'OutOfMemory':
      return ['sleep', '1000']
  }
}

/** What the doubles read of a layer's source is its entry alone. */
const entries = { whole: 'layer.tar', tampered: brokenEntry, missing: 'missing' }

interface Parts {
  readonly host: SimulatedHost
  readonly scheduler: Scheduler
  readonly prng: Prng
  readonly copies: ReadonlySet<CopyId>
}

const ports = ({ host, scheduler, prng, copies }: Parts) =>
  simulatedPorts({
    host,
    scheduler,
    prng,
    owner,
    isAlive: () => true,
    trace: () => undefined,
    violated: () => undefined,
    dies: () => false,
    countEffect: () => undefined,
    faults: noFaults(),
    hasStream: (copy) => copies.has(copy),
    isRuntimeMissing: () => false,
    isIntended: () => true,
  }).ports

const driver = (scheduler: Scheduler) => ({
  ask: async <A>(answer: Answer<A>): Promise<E.Either<EffectError, A>> => {
    let result: E.Either<EffectError, A> | undefined
    const asked = answer().then((r) => (result = r))
    await drained()
    while (result === undefined) {
      if (scheduler.nextAtMs === undefined) throw new Error('a port call was never answered')
      scheduler.step()
      await drained()
    }
    return asked
  },
  pass: async (ms: number): Promise<void> => {
    let over = false
    const atMs = scheduler.nowMs + ms
    scheduler.add({ owner: 'client', kind: 'timer', atMs, run: () => (over = true) })
    while (!over) {
      scheduler.step()
      await drained()
    }
  },
})

const oomPollMs = 10

/** The OOM killer strikes soon after the start of the user's program. */
const oomKillWhenStarted = (host: SimulatedHost, scheduler: Scheduler, id: ContainerId): void => {
  const look = (): void => {
    const run = host.runDirectory(id, 1)
    if (run?.init === undefined || !host.notebook.starts.has(incarnation(id, 1))) return again()
    run.oom = true
    host.signal(run.init, 9)
  }
  const again = (): void => {
    const atMs = scheduler.nowMs + oomPollMs
    scheduler.add({ owner: 'host', kind: 'fate', atMs, run: look })
  }
  again()
}

export const doubleHost = (seed: number): HostUnderContract => {
  const prng = new Prng(seed)
  const scheduler = new Scheduler(prng)
  const programs: Record<string, ReadonlyArray<simulated.Program>> = {}
  const copies = new Set<CopyId>()
  const ignore = (): void => undefined
  const simulation = new SimulatedHost({ scheduler, programs, trace: ignore, violated: ignore })
  const own: HostUnderContract = {
    ...driver(scheduler),
    ports: ports({ host: simulation, scheduler, prng, copies }),
    newContainer: (program, user) => {
      const id = containerId(prng.hex(32))
      programs[id] = [programOf(program)]
      if (program._tag === 'OutOfMemory') oomKillWhenStarted(simulation, scheduler, id)
      const ref = { id, runtime: 'simulated', attempt: 1, cgroupPath: `/isulad/${id}` }
      return bundleRequest({ ref, cmd: ['program'], ...(user === undefined ? {} : { user }) })
    },
    begun: () => Promise.resolve(),
    execArgs,
    baseLayer: async () => {
      const request = own.layerRequest('whole')
      await valueOf(own, own.ports.layer.unpack(request))
      return request.layer
    },
    layerRequest: (archive) => ({
      layer: layerId(prng.hex(32)),
      diff: diffId(prng.hex(32)),
      source: { archive: 'archive.tar', entry: entries[archive] },
    }),
    leave: {
      halfWritable: (id) => void simulation.durable.writable.set(id, 'half'),
      staging: (layer) => void simulation.durable.staging.add(layer),
    },
    copyClient: (copy) => {
      copies.add(copy)
      return () => void copies.delete(copy)
    },
    dispose: () => Promise.resolve(),
  }
  return own
}
