/** What `ps` shows of a container: states, ages, cells (spec 23, CLI-PS-*). */
import { ContainerStatus, type Container } from '../../../adapters/rpc/wire/containers.ts'
import { agoText, durationText, secondsSince } from './duration.ts'

const maxCommandLength = 22
const shortIdLength = 12

export interface Shown {
  readonly truncate: boolean
  readonly nowMs: number
}

/** The state words of spec 20 section 3 and spec 22. */
const stateWord = (container: Container): string => {
  switch (container.status) {
    case ContainerStatus.CREATED:
      return 'inited'
    case ContainerStatus.STARTING:
      return 'starting'
    case ContainerStatus.RUNNING:
      return 'running'
    case ContainerStatus.STOPPED:
      return 'exited'
    case ContainerStatus.PAUSED:
      return 'paused'
    case ContainerStatus.RESTARTING:
      return 'restarting'
    default:
      return 'unknown'
  }
}

/** Upstream shows `-` in the first second (spec 23). */
const upText = (container: Container, nowMs: number): string => {
  const seconds = secondsSince(container.startat, nowMs)
  return seconds === undefined || seconds === 0 ? '-' : durationText(seconds)
}

export const statusText = (container: Container, nowMs: number): string => {
  const health = container.health_state === '' ? '' : ` (${container.health_state})`
  const code = container.exit_code
  switch (container.status) {
    case ContainerStatus.CREATED:
      return 'Created'
    case ContainerStatus.STARTING:
      return `Starting ${upText(container, nowMs)}`
    case ContainerStatus.RUNNING:
      return `Up ${upText(container, nowMs)}${health}`
    case ContainerStatus.PAUSED:
      return `Up ${upText(container, nowMs)} (Paused)`
    case ContainerStatus.STOPPED:
      return `Exited (${code}) ${agoText(container.finishat, nowMs)}`
    case ContainerStatus.RESTARTING:
      return `Restarting (${code}) ${agoText(container.finishat, nowMs)}`
    default:
      return 'Unknown'
  }
}

/** Empty in the first second, as upstream shows it (spec 23). */
const createdText = (container: Container, nowMs: number): string => {
  const createdMs = Number(container.created) / 1e6
  const seconds = Math.floor((nowMs - createdMs) / 1000)
  return createdMs === 0 || seconds < 1 ? '' : `${durationText(seconds)} ago`
}

const commandText = (command: string, truncate: boolean): string => {
  const long = truncate && command.length > maxCommandLength
  return `"${long ? `${command.slice(0, maxCommandLength)}...` : command}"`
}

type Cell = (container: Container, shown: Shown) => string

/** The template's fields in the order of their documentation. */
export const cells: Readonly<Record<string, Cell>> = {
  ID: (c, { truncate }) => (truncate ? c.id.slice(0, shortIdLength) : c.id),
  Names: (c) => c.name,
  Image: (c) => c.image,
  Pid: (c) => (c.pid > 0 ? String(c.pid) : '-'),
  Command: (c, { truncate }) => commandText(c.command, truncate),
  Created: (c, { nowMs }) => createdText(c, nowMs),
  Status: (c, { nowMs }) => statusText(c, nowMs),
  Ports: (c) => c.ports,
  ExitCode: (c) => String(c.exit_code),
  RestartCount: (c) => String(c.restartcount),
  StartAt: (c, { nowMs }) => agoText(c.startat, nowMs),
  FinishAt: (c, { nowMs }) => agoText(c.finishat, nowMs),
  Runtime: (c) => c.runtime,
  State: (c) => stateWord(c),
}

export const headers: Readonly<Record<string, string>> = {
  ID: 'ID',
  Names: 'NAMES',
  Image: 'IMAGE',
  Pid: 'PID',
  Command: 'COMMAND',
  Created: 'CREATED',
  Status: 'STATUS',
  Ports: 'PORTS',
  ExitCode: 'EXIT_CODE',
  RestartCount: 'RESTART_COUNT',
  StartAt: 'STARTAT',
  FinishAt: 'FINISHAT',
  Runtime: 'RUNTIME',
  State: 'STATE',
}
