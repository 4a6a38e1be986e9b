/** Gives the containers of a drawn plan the labels and policies of one's own fleet. */
import type { RestartPolicy } from '../../domain/container/config.ts'
import type { SimulationPlan } from '../../simulator/plan/plan.ts'

export interface Traits {
  readonly labels?: Readonly<Record<string, string>>
  readonly restart?: RestartPolicy
}

/** `traitsOf` is asked per container with its number in the plan, from 0. */
export const withTraits =
  (traitsOf: (number: number) => Traits) =>
  (plan: SimulationPlan): SimulationPlan => {
    let number = 0
    const commands = plan.commands.map((one) => {
      if (one.command._tag !== 'CreateContainer') return one
      const { host, process } = one.command
      const { labels, restart } = traitsOf(number++)
      const command = {
        ...one.command,
        host: { ...host, RestartPolicy: restart ?? host.RestartPolicy },
        process: { ...process, Labels: { ...process.Labels, ...labels } },
      }
      return { ...one, command }
    })
    return { ...plan, commands }
  }
