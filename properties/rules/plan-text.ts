/** A plan in words: what a reader of a failed check needs to see. */
import type { Command } from '../../domain/command.ts'
import type { StorageRequest } from '../../domain/container/storage.ts'
import type { PlacedFault, SimulationPlan } from '../../simulator/plan/plan.ts'
import { shorten } from './invariants.ts'

/** The ids of simulated containers and images are told apart by their first digits. */
const short = (id: string): string => id.slice(0, 4)

const policyText = ({ Name, MaximumRetryCount }: { Name: string; MaximumRetryCount: number }) =>
  MaximumRetryCount === 0 ? Name : `${Name}:${MaximumRetryCount}`

const storageText = ({ volumes, from }: StorageRequest): string =>
  [
    ...volumes.map(({ volume, target, anonymous }) =>
      anonymous ? ` -v ${target}` : ` -v ${volume}:${target}`,
    ),
    ...from.map(({ container }) => ` --volumes-from ${short(container)}`),
  ].join('')

const commandText = (command: Command): string => {
  switch (command._tag) {
    case 'CreateContainer': {
      const { host, process } = command
      const policy = policyText(host.RestartPolicy)
      const labels = Object.entries(process.Labels).map(
        ([key, value]) => ` --label ${key}=${value}`,
      )
      const restart = policy === 'no' ? '' : ` --restart ${policy}`
      const remove = host.AutoRemove ? ' --rm' : ''
      const volumes = storageText(command.storage)
      return `create ${short(command.id)}${remove}${restart}${labels.join('')}${volumes}`
    }
    case 'StartContainer':
      return `start ${short(command.id)}`
    case 'StopContainer':
      return `stop ${short(command.id)} within ${command.graceMs} ms`
    case 'RestartContainer':
      return `restart ${short(command.id)} within ${command.graceMs} ms`
    case 'KillContainer':
      return `kill -${command.signal} ${short(command.id)}`
    case 'PauseContainer':
      return `pause ${short(command.id)}`
    case 'UnpauseContainer':
      return `unpause ${short(command.id)}`
    case 'RemoveContainer': {
      const flags = `${command.force ? '--force ' : ''}${command.volumes ? '-v ' : ''}`
      return `rm ${flags}${short(command.id)}`
    }
    case 'RenameContainer':
      return `rename ${short(command.id)} ${command.name}`
    case 'UpdateContainer':
      return `update ${short(command.id)} ${JSON.stringify(command.change)}`
    case 'ExecInContainer': {
      const detached = command.detached ? ' -d' : ''
      return `exec${detached} ${short(command.id)} ${command.process.args.join(' ')}`
    }
    case 'CopyFiles':
      return `cp ${command.direction} ${short(command.id)}:${command.path}`
    case 'LoadImage':
      return `load ${short(command.image.id)}`
    case 'RemoveImage':
      return `rmi ${command.force ? '--force ' : ''}${short(command.id)}`
    case 'CreateVolume':
      return `volume create ${command.volume}`
    case 'RemoveVolume':
      return `volume rm ${command.volume}`
    default:
      return command._tag
  }
}

const faultText = ({ kind, site, occurrence, detail }: PlacedFault): string =>
  `${kind} at ${shorten(site)}, visit ${occurrence}` + (detail === '' ? '' : `: ${detail}`)

const isPlain = (program: object): boolean => Object.keys(program).length === 0

/** One line per container with a program, per command and per fault. */
export const planText = (plan: SimulationPlan): string => {
  const programs = Object.entries(plan.programs)
    .filter(([, some]) => !some.every(isPlain))
    .map(
      ([id, some]) => `  program of ${short(id)}: ${some.map((p) => JSON.stringify(p)).join(', ')}`,
    )
  const commands = plan.commands.map(
    ({ client, atMs, command }) =>
      `  ${String(atMs).padStart(8)} ms  ${client}: ${commandText(command)}`,
  )
  const { faults } = plan
  const injected =
    faults._tag === 'Listed'
      ? faults.faults.map((fault) => `  fault: ${faultText(fault)}`)
      : ['  faults: drawn from the seed']
  const lines = [...programs, ...commands, ...injected]
  return lines.length === 0 ? '  no command: the set-up is enough' : lines.join('\n')
}
