/** What upstream's messages show of a container's state: words, times, pid, exit code. */
import { statusWord, type Container } from '../../../domain/container/state.ts'
import { shownExitCode } from '../../../domain/ports/exit-record.ts'
import { ContainerStatus } from '../wire/containers.ts'

/** A container on its way out is shown as stopped: upstream's enum has no word for it. */
export const statusNumber = (container: Container): ContainerStatus => {
  switch (statusWord(container)) {
    case 'inited':
      return ContainerStatus.CREATED
    case 'starting':
      return ContainerStatus.STARTING
    case 'running':
      return ContainerStatus.RUNNING
    case 'paused':
      return ContainerStatus.PAUSED
    case 'restarting':
      return ContainerStatus.RESTARTING
    case 'exited':
    case 'removing':
      return ContainerStatus.STOPPED
  }
}

/** As upstream counts it: paused and restarting containers are running ones, too. */
export const isShownRunning = (container: Container): boolean => {
  const word = statusWord(container)
  return word === 'running' || word === 'paused' || word === 'restarting'
}

/** 0 unless it runs. */
export const shownPid = ({ phase }: Container): number =>
  phase._tag === 'Running' ? phase.processes.init.pid : 0

/** Of the last run; 0 while it runs or if it never ran. */
export const shownCode = ({ phase, lastRun }: Container): number =>
  phase._tag === 'Running' || lastRun === null ? 0 : shownExitCode(lastRun.exit)

/** ms since the epoch; undefined: never. */
export const startedMs = ({ phase, lastRun }: Container): number | undefined =>
  phase._tag === 'Running' ? phase.started.wallMs : lastRun?.started?.wallMs

export const finishedMs = ({ lastRun }: Container): number | undefined => lastRun?.ended.wallMs

/** The whole command as one line. */
export const commandText = ({ process }: Container): string =>
  [...process.Entrypoint, ...process.Cmd].join(' ')
