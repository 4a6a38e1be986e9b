/** fast-check arbitraries of commands, containers and whole plans, for properties of one's own. */
import fc from 'fast-check'
import type { Command } from '../../domain/command.ts'
import type { RestartPolicy } from '../../domain/container/config.ts'
import type { ContainerId } from '../../domain/identity.ts'
import { exits, forever, type Program } from '../../simulator/host/program.ts'
import type { PlannedCommand, SimulationPlan } from '../../simulator/plan/plan.ts'
import * as c from '../../simulator/run/sample-commands.ts'

export type CreateContainer = Extract<Command, { readonly _tag: 'CreateContainer' }>

/** `c001…` to `c003…`: few, so that commands meet. */
export const containerIds: fc.Arbitrary<ContainerId> = fc
  .integer({ min: 1, max: 3 })
  .map(c.containerNumber)

export const restartPolicies: fc.Arbitrary<RestartPolicy> = fc.oneof(
  fc.constant({ Name: 'no', MaximumRetryCount: 0 } as const),
  fc.integer({ min: 1, max: 3 }).map((MaximumRetryCount) => ({
    Name: 'on-failure' as const,
    MaximumRetryCount,
  })),
  fc.constant({ Name: 'on-reboot', MaximumRetryCount: 0 } as const),
)

export const labels: fc.Arbitrary<Readonly<Record<string, string>>> = fc.dictionary(
  fc.constantFrom('tier', 'team', 'stage'),
  fc.constantFrom('db', 'web', 'red', 'test'),
  { noNullPrototype: true },
)

const isCreate = (command: Command): command is CreateContainer =>
  command._tag === 'CreateContainer'

/** The command that makes a container: policy, labels and `--rm` vary. */
export const containers: fc.Arbitrary<CreateContainer> = fc
  .record({ id: containerIds, restart: restartPolicies, autoRemove: fc.boolean(), labels })
  .map(({ id, labels: Labels, ...options }) => {
    const made = c.create(id, { ...options, name: '' })
    if (!isCreate(made)) throw new Error('create makes no CreateContainer')
    return { ...made, process: { ...made.process, Labels } }
  })

const graces = fc.constantFrom(0, 300, 2_000)

/** What a client may ask for. Without pause: whoever waits for a frozen process waits for ever. */
export const commands: fc.Arbitrary<Command> = fc.oneof(
  containers,
  containerIds.map((id) => c.start(id)),
  fc.tuple(containerIds, graces).map(([id, graceMs]) => c.stop(id, graceMs)),
  fc.tuple(containerIds, graces).map(([id, graceMs]) => c.restart(id, graceMs)),
  containerIds.map((id) => c.kill(id)),
  fc.tuple(containerIds, fc.boolean()).map(([id, force]) => c.remove(id, force)),
  fc.tuple(containerIds, fc.constantFrom('web', 'db')).map(([id, name]) => c.rename(id, name)),
)

export const programs: fc.Arbitrary<Program> = fc.oneof(
  fc.constant(forever),
  fc.constant<Program>({ deaf: true }),
  fc
    .tuple(fc.constantFrom(0, 1, 7), fc.constantFrom(30, 400, 5_000))
    .map(([code, afterMs]) => exits(code, afterMs)),
)

const planned: fc.Arbitrary<ReadonlyArray<PlannedCommand>> = fc
  .array(
    fc.record({
      client: fc.constantFrom('client1', 'client2'),
      pauseMs: fc.integer({ min: 0, max: 2_000 }),
      command: commands,
    }),
    { maxLength: 20 },
  )
  .map((steps) => {
    let atMs = 0
    return steps.map(({ client, pauseMs, command }) => ({
      client,
      atMs: (atMs += pauseMs),
      command,
    }))
  })

/** Plans without faults unless `faults` gives some; they shrink as fast-check values do. */
export const plans = (
  faults: fc.Arbitrary<SimulationPlan['faults']> = fc.constant({ _tag: 'Listed', faults: [] }),
): fc.Arbitrary<SimulationPlan> =>
  fc.record({
    name: fc.constant('a plan'),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    hours: fc.constant(0.1),
    programs: fc
      .array(fc.array(programs, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 3 })
      .map((all) => Object.fromEntries(all.map((some, i) => [c.containerNumber(i + 1), some]))),
    commands: planned,
    faults,
  })
