/** What happens to the whole host at its own times: crashes, power cuts, strangers, clocks. */
import { interferences, type Interference } from './interference.ts'
import type { FaultKind } from './fault-kinds.ts'
import type { Possible } from './fault-source.ts'
import type { PlacedFault } from '../plan/plan.ts'
import type { Simulation } from '../run/simulation.ts'

/** How often the host gets a chance to go wrong (ms of simulated time). */
export const nemesisEveryMs = 30_000

const someone = (kind: FaultKind): Possible => ({
  kind,
  detail: (chance) => String(chance.below(64)),
})

const jumps = ['-315360000000', '-3600000', '-1000', '1000', '3600000', '315360000000'] as const
const suspensions = ['60000', '28800000'] as const

const possible: ReadonlyArray<Possible> = [
  { kind: 'daemon-crash', detail: (chance) => chance.pick(['lost', 'kept']) },
  { kind: 'crash-in-recovery', detail: (chance) => String(1 + chance.below(30)) },
  { kind: 'power-cut', detail: () => '' },
  { kind: 'config-change', detail: (chance) => String(20_000 + chance.below(60_000)) },
  { kind: 'wall-clock-jump', detail: (chance) => chance.pick(jumps) },
  { kind: 'suspend', detail: (chance) => chance.pick(suspensions) },
  ...(Object.keys(interferences) as ReadonlyArray<Interference>).map(someone),
]

const isInterference = (kind: FaultKind): kind is Interference => kind in interferences

/** The daemon dies, and its successor dies so many ms after its own beginning. */
const crashTwice = (s: Simulation, afterMs: number): void => {
  s.crash('fault crash-in-recovery')
  s.whenNextBegins(() => {
    const atMs = s.scheduler.nowMs + afterMs
    const run = (): void => {
      if (s.isRunning) s.crash('fault crash-in-recovery, again')
    }
    s.scheduler.add({ owner: 'client', kind: 'timer', atMs, run })
  })
}

const uninstall = (s: Simulation, forMs: number): void => {
  s.runtimeMissing = true
  s.crash('fault config-change: the runtime is missing')
  const atMs = s.scheduler.nowMs + forMs
  const run = (): void => void (s.runtimeMissing = false)
  s.scheduler.add({ owner: 'client', kind: 'timer', atMs, run })
}

const strike = (s: Simulation, { kind, detail }: PlacedFault): void => {
  if (isInterference(kind)) return void interferences[kind](s.host, Number(detail))
  switch (kind) {
    case 'daemon-crash':
      return s.isRunning ? s.crash('fault daemon-crash', detail === 'kept') : undefined
    case 'crash-in-recovery':
      return s.isRunning ? crashTwice(s, Number(detail)) : undefined
    case 'config-change':
      return s.isRunning ? uninstall(s, Number(detail)) : undefined
    case 'power-cut':
      return s.rebootHost()
    case 'wall-clock-jump':
    case 'suspend':
      s.host.wallOffsetMs += Number(detail)
      return
    default:
      throw new Error(`${kind} is no fault of the whole host`)
  }
}

/** Goes on until the source is stopped and the simulation ends. */
export const unleash = (s: Simulation): void => {
  const run = (): void => {
    const fault = s.faults.strike('host', possible)
    if (fault !== undefined) {
      s.trace.add(`FAULT ${fault.kind} ${fault.detail}`)
      strike(s, fault)
    }
    s.scheduler.add({
      owner: 'client',
      kind: 'timer',
      atMs: s.scheduler.nowMs + nemesisEveryMs,
      run,
    })
  }
  run()
}
