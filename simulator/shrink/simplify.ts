/** Simpler forms of a plan that are worth a try: fewer programs, shorter times, plain commands. */
import type { Command } from '../../domain/command.ts'
import { noStorageRequest } from '../../domain/container/storage.ts'
import { forever } from '../host/program.ts'
import type { PlannedCommand, SimulationPlan } from '../plan/plan.ts'

const withCommands = (
  plan: SimulationPlan,
  change: (one: PlannedCommand, i: number) => PlannedCommand,
): SimulationPlan => ({ ...plan, commands: plan.commands.map(change) })

const idOf = (command: Command): string | undefined => ('id' in command ? command.id : undefined)

/** Programs of containers that no command names say nothing. */
const withoutUnused = (plan: SimulationPlan): SimulationPlan => {
  const used = new Set(plan.commands.map(({ command }) => idOf(command)))
  const kept = Object.entries(plan.programs).filter(([id]) => used.has(id))
  return { ...plan, programs: Object.fromEntries(kept) }
}

/** One container's programs become one that runs for ever, or fewer ones. */
const plainerPrograms = (plan: SimulationPlan): ReadonlyArray<SimulationPlan> =>
  Object.entries(plan.programs).flatMap(([id, programs]) =>
    [[forever], programs.slice(0, 1), programs.slice(1)]
      .filter((some) => some.length > 0 && JSON.stringify(some) !== JSON.stringify(programs))
      .map((some) => ({ ...plan, programs: { ...plan.programs, [id]: some } })),
  )

const plainer = (command: Command): Command => {
  switch (command._tag) {
    case 'CreateContainer': {
      const RestartPolicy = { Name: 'no', MaximumRetryCount: 0 } as const
      const host = { ...command.host, AutoRemove: false, RestartPolicy }
      return { ...command, host, storage: noStorageRequest }
    }
    case 'StartContainer':
      return { ...command, timeoutMs: null }
    case 'StopContainer':
    case 'RestartContainer':
      return { ...command, graceMs: 0 }
    default:
      return command
  }
}

const plainerCommands = (plan: SimulationPlan): ReadonlyArray<SimulationPlan> =>
  plan.commands.map((_, at) =>
    withCommands(plan, (one, i) => (i === at ? { ...one, command: plainer(one.command) } : one)),
  )

/** Rounded figures are easier to read; a fifth of a second leaves room for every effect. */
const stepMs = 200

const shorterTimes = (plan: SimulationPlan): ReadonlyArray<SimulationPlan> => {
  const firstMs = plan.commands[0]?.atMs ?? 0
  const lastMs = plan.commands.at(-1)?.atMs ?? 0
  const isTight = lastMs <= stepMs * plan.commands.length
  return [
    ...(isTight
      ? []
      : [
          withCommands(plan, (one, i) => ({ ...one, atMs: i * stepMs })),
          withCommands(plan, (one) => ({ ...one, atMs: Math.round(one.atMs / 10) })),
          withCommands(plan, (one) => ({ ...one, atMs: Math.round(one.atMs / 2) })),
          withCommands(plan, (one) => ({ ...one, atMs: one.atMs - firstMs })),
        ]),
    ...[0, 0.01, 0.1].filter((hours) => hours < plan.hours).map((hours) => ({ ...plan, hours })),
  ]
}

const oneClient = (plan: SimulationPlan): SimulationPlan => {
  const client = plan.commands[0]?.client ?? ''
  return withCommands(plan, (one) => ({ ...one, client }))
}

/** In the order in which they are worth trying; each differs from the plan, or is tried in vain. */
export const simplifications = (plan: SimulationPlan): ReadonlyArray<SimulationPlan> => [
  withoutUnused(plan),
  oneClient(plan),
  ...shorterTimes(plan),
  ...plainerPrograms(plan),
  ...plainerCommands(plan),
]

/** Parts of a plan that are often enough: up to a time, of one client, of one container. */
export const partsOf = (plan: SimulationPlan, untilMs: number): ReadonlyArray<SimulationPlan> => {
  const only = (isKept: (one: PlannedCommand) => boolean): SimulationPlan => ({
    ...plan,
    commands: plan.commands.filter(isKept),
  })
  const ids = [...new Set(plan.commands.flatMap(({ command }) => idOf(command) ?? []))]
  const clients = [...new Set(plan.commands.map(({ client }) => client))]
  const isImage = ({ command }: PlannedCommand): boolean => command._tag.endsWith('Image')
  return [
    only((one) => one.atMs <= untilMs),
    ...ids.map((id) => only((one) => idOf(one.command) === id || isImage(one))),
    ...clients.map((client) => only((one) => one.client === client)),
  ].filter(({ commands }) => commands.length > 0 && commands.length < plan.commands.length)
}
