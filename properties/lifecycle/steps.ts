/** What may happen next, as data that fast-check draws and shrinks; and how it is carried out. */
import fc from 'fast-check'
import type { Command } from '../../domain/command.ts'
import { concluded, type Conclusion } from '../../domain/conclusion.ts'
import type { RestartPolicy } from '../../domain/container/config.ts'
import type { Container } from '../../domain/container/state.ts'
import type { ExecId } from '../../domain/identity.ts'
import type { Plan } from '../../domain/plan.ts'
import { knownExit } from '../../domain/ports/exit-record.ts'
import { recover } from '../../domain/recovery/recover.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import type { PureEngine } from './pure-engine.ts'

/** `pick` chooses among what there is at that moment, modulo its number. */
export type Step =
  | { readonly _tag: 'Ask'; readonly command: Command }
  | { readonly _tag: 'Conclude'; readonly pick: number; readonly errno: string | null }
  | { readonly _tag: 'Abandon'; readonly pick: number }
  | { readonly _tag: 'Exit'; readonly pick: number; readonly code: number; readonly oom: boolean }
  | { readonly _tag: 'ExecExit'; readonly pick: number; readonly code: number }
  | { readonly _tag: 'MonitorDies'; readonly pick: number }
  | { readonly _tag: 'Advance'; readonly ms: number }
  /** So many rounds of everything that is due, all of it successful. */
  | { readonly _tag: 'Work'; readonly rounds: number }
  | { readonly _tag: 'Reboot' }

const containers = 3
export const ids = Array.from({ length: containers }, (_, n) => c.containerNumber(n + 1))
/** Most requests go to one container, so that they meet. */
const anyId = fc.oneof(
  { arbitrary: fc.constant(c.containerNumber(1)), weight: 3 },
  { arbitrary: fc.constantFrom(...ids), weight: 1 },
)

export const anyPolicy: fc.Arbitrary<RestartPolicy> = fc.oneof(
  fc.constant({ Name: 'no' as const, MaximumRetryCount: 0 }),
  fc.constant({ Name: 'always' as const, MaximumRetryCount: 0 }),
  fc.constant({ Name: 'unless-stopped' as const, MaximumRetryCount: 0 }),
  fc.constant({ Name: 'on-reboot' as const, MaximumRetryCount: 0 }),
  fc.record({ Name: fc.constant('on-failure' as const), MaximumRetryCount: fc.nat(3) }),
)

const anyName = fc.constantFrom('', 'web', 'db', 'job')

export const anyCreate = fc
  .record({ id: anyId, name: anyName, restart: anyPolicy, autoRemove: fc.boolean() })
  .map(({ id, ...options }) => c.create(id, options))

const anyExec = fc
  .record({ id: anyId, exec: fc.constantFrom('e1', 'e2'), detached: fc.boolean() })
  .map(({ id, ...options }) => c.exec(id, { ...options, args: ['true'] }))

const anyCopy = fc
  .tuple(anyId, fc.constantFrom('p1', 'p2'), fc.constantFrom('in' as const, 'out' as const))
  .map(([id, name, direction]) => c.copy(id, name, direction))

/** Requests of clients to containers. */
export const anyContainerRequest: fc.Arbitrary<Command> = fc.oneof(
  { arbitrary: anyCreate, weight: 3 },
  {
    arbitrary: fc
      .tuple(anyId, fc.constantFrom(null, 5, 5_000))
      .map(([id, timeoutMs]) => c.start(id, timeoutMs)),
    weight: 4,
  },
  fc.tuple(anyId, fc.constantFrom(-1, 0, 300, 10_000)).map(([id, ms]) => c.stop(id, ms)),
  fc.tuple(anyId, fc.constantFrom(0, 300)).map(([id, ms]) => c.restart(id, ms)),
  fc.tuple(anyId, fc.constantFrom(9, 10, 15)).map(([id, signal]) => c.kill(id, signal)),
  anyId.map(c.pause),
  anyId.map(c.unpause),
  fc.tuple(anyId, fc.boolean()).map(([id, force]) => c.remove(id, force)),
  fc.tuple(anyId, anyName).map(([id, name]) => c.rename(id, name)),
  anyExec,
  anyCopy,
)

const anyImageRequest: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom(1, 2).map((n) => c.load(c.sampleImage(n))),
  fc.tuple(fc.constantFrom(1, 2), fc.boolean()).map(([n, force]) => c.removeImage(n, force)),
)

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: anyContainerRequest.map((command): Step => ({ _tag: 'Ask', command })),
    weight: 8,
  },
  { arbitrary: anyImageRequest.map((command): Step => ({ _tag: 'Ask', command })), weight: 1 },
  {
    arbitrary: fc.record({
      _tag: fc.constant('Conclude' as const),
      pick: fc.nat(9),
      errno: fc.oneof(
        { arbitrary: fc.constant(null), weight: 5 },
        { arbitrary: fc.constantFrom('EIO', 'ENOSPC', 'ERUNTIME', 'EBUSY', 'ESRCH'), weight: 1 },
      ),
    }),
    weight: 12,
  },
  fc.record({ _tag: fc.constant('Abandon' as const), pick: fc.nat(9) }),
  {
    arbitrary: fc.record({
      _tag: fc.constant('Exit' as const),
      pick: fc.nat(9),
      code: fc.constantFrom(0, 1, 7, 129, 137),
      oom: fc.boolean(),
    }),
    weight: 3,
  },
  fc.record({ _tag: fc.constant('ExecExit' as const), pick: fc.nat(9), code: fc.nat(3) }),
  fc.record({ _tag: fc.constant('MonitorDies' as const), pick: fc.nat(9) }),
  {
    arbitrary: fc.record({
      _tag: fc.constant('Advance' as const),
      ms: fc.constantFrom(1, 100, 1_000, 12_000, 70_000),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      _tag: fc.constant('Work' as const),
      rounds: fc.integer({ min: 1, max: 3 }),
    }),
    weight: 4,
  },
  { arbitrary: fc.constant<Step>({ _tag: 'Reboot' }), weight: 1 },
)

/** The image is loaded first, else nearly all requests would be refused. */
export const anySteps: fc.Arbitrary<ReadonlyArray<Step>> = fc
  .array(anyStep, { maxLength: 50, size: 'max' })
  .map((steps) => [
    { _tag: 'Ask', command: c.load(c.sampleImage(1)) },
    { _tag: 'Work', rounds: 1 },
    ...steps,
  ])

const pickOf = <A>(all: ReadonlyArray<A>, pick: number): A | undefined => all[pick % all.length]

const valueOf = (plan: Plan, engine: PureEngine): Conclusion => {
  if (plan.subject._tag === 'Unpack')
    return { _tag: 'Applied', value: { _tag: 'Size', sizeBytes: 1 } }
  if (plan.subject._tag !== 'Launch') return { _tag: 'Applied', value: { _tag: 'None' } }
  const launched = { init: engine.newProcess(), monitor: engine.newProcess() }
  return { _tag: 'Applied', value: { _tag: 'Processes', launched } }
}

export const conclude = (engine: PureEngine, plan: Plan, conclusion: Conclusion): void => {
  const command = concluded(plan, conclusion)
  if (command !== undefined) engine.submit(command)
}

export const applyPlan = (engine: PureEngine, plan: Plan): void =>
  conclude(engine, plan, valueOf(plan, engine))

const withProcess = (engine: PureEngine): ReadonlyArray<Container> =>
  [...engine.world.containers.values()].filter(
    ({ phase }) =>
      phase._tag === 'Running' || (phase._tag === 'Removing' && phase.processes !== null),
  )

export const exitOf = (engine: PureEngine, container: Container, code: number, oom = false): void =>
  void engine.submit({
    _tag: 'ObserveExit',
    id: container.id,
    attempt: container.attempt,
    exit: knownExit(code, engine.now.wallMs),
    oomKilled: oom,
    reboot: false,
  })

const endExec = (engine: PureEngine, pick: number, code: number): void => {
  const all = [...engine.world.containers.values()].flatMap(({ id, execs }) =>
    Object.keys(execs).map((exec) => ({ id, exec: exec as ExecId })),
  )
  const one = pickOf(all, pick)
  if (one !== undefined)
    engine.submit({
      _tag: 'ObserveExecExit',
      ...one,
      exit: knownExit(code, engine.now.wallMs),
    })
}

/** A start of the daemon on a host that holds layers and volumes alone: as after a reboot. */
export const recoverOnEmptyHost = (engine: PureEngine, lastAliveWallMs: number): void => {
  const { commands } = recover({
    containers: [...engine.world.containers.values()],
    layers: [...engine.world.layers.values()],
    volumes: [...engine.world.volumes.values()],
    observation: {
      boot: engine.now.boot,
      wallMs: engine.now.wallMs,
      containers: {},
      layers: [...engine.world.layers.keys()],
      volumes: [...engine.world.volumes.keys()],
      strangers: [],
    },
    look: { now: engine.now, lastAliveWallMs },
    quarantined: () => undefined,
  })
  for (const command of commands) engine.submit(command)
}

const rebootAndRecover = (engine: PureEngine): void => {
  const lastAliveWallMs = engine.now.wallMs
  engine.reboot()
  recoverOnEmptyHost(engine, lastAliveWallMs)
}

const afterFailure = (plan: Plan, errno: string): Conclusion => ({
  _tag: 'NotApplied',
  step: plan.steps[0]?._tag ?? '',
  errno,
  error: `${errno} of the property`,
  tries: 1,
})

export const perform = (engine: PureEngine, step: Step): void => {
  switch (step._tag) {
    case 'Ask':
      return void engine.submit(step.command)
    case 'Conclude': {
      const plan = pickOf(engine.plans(), step.pick)
      if (plan === undefined) return
      if (step.errno === null) return applyPlan(engine, plan)
      return conclude(engine, plan, afterFailure(plan, step.errno))
    }
    case 'Abandon': {
      const plan = pickOf(engine.plans(), step.pick)
      if (plan === undefined || plan.onFailure === 'retry') return
      return conclude(engine, plan, { _tag: 'Abandoned', reason: 'nobody knows' })
    }
    case 'Exit': {
      const container = pickOf(withProcess(engine), step.pick)
      if (container !== undefined) exitOf(engine, container, step.code, step.oom)
      return
    }
    case 'ExecExit':
      return endExec(engine, step.pick, step.code)
    case 'MonitorDies': {
      const container = pickOf(withProcess(engine), step.pick)
      if (container === undefined) return
      const { id, attempt } = container
      return void engine.submit({ _tag: 'ObserveMonitorLost', id, attempt })
    }
    case 'Advance':
      return engine.advance(step.ms)
    case 'Work':
      for (let n = 0; n < step.rounds; n += 1)
        for (const plan of engine.plans()) applyPlan(engine, plan)
      return
    case 'Reboot':
      return rebootAndRecover(engine)
  }
}

const hasWorkLeft = (engine: PureEngine): boolean =>
  engine.open.size > 0 || engine.plans().length > 0

/**
 * Everything that is due succeeds, every process ends, the clock goes on; true when nothing is
 * left to do. Restarting containers never end, so policies come to rest by the removal of all.
 */
export const settle = (engine: PureEngine, rounds = 60): boolean => {
  for (let round = 0; round < rounds; round += 1) {
    for (const { id } of [...engine.world.containers.values()]) engine.submit(c.remove(id, true))
    for (const plan of engine.plans()) applyPlan(engine, plan)
    for (const container of withProcess(engine)) exitOf(engine, container, 137)
    engine.advance(20_000)
    if (engine.world.containers.size === 0 && !hasWorkLeft(engine)) return true
  }
  return false
}

export const played = (
  steps: ReadonlyArray<Step>,
  engine: PureEngine,
  after: () => void = () => undefined,
): PureEngine => {
  for (const step of steps) {
    perform(engine, step)
    after()
  }
  return engine
}
