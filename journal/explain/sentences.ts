/** What an event says, as a sentence for people. */
import type { ContainerEvent } from '../../domain/container/events.ts'
import type { Exit } from '../../domain/ports/exit-record.ts'
import { timeText } from './time-text.ts'

export const exitText = (exit: Exit): string =>
  exit._tag === 'KnownExit'
    ? `with code ${exit.code} at ${timeText(exit.wallMs)}`
    : `with an unknown code between ${timeText(exit.lastAliveWallMs)} and ` +
      `${timeText(exit.firstDeadWallMs)}: ${exit.reason}`

const failedText = (e: { readonly errno: string; readonly error: string }): string =>
  `${e.errno}: ${e.error}`

const startCauses = { user: 'as a client asked', policy: 'by its restart policy', restart: 'anew' }
const exitCauses = {
  itself: 'by itself',
  stop: 'because of a stop',
  removal: 'because of its removal',
  reboot: 'because the host was rebooted',
}

type Ending =
  'ContainerStartFailed' | 'ContainerExited' | 'ContainerStopRequested' | 'ContainerRemoveRequested'

const endingSentence = (e: Extract<ContainerEvent, { _tag: Ending }>): string => {
  switch (e._tag) {
    case 'ContainerStartFailed':
      return `start ${e.attempt} failed with exit code ${e.exitCode}: ${failedText(e)}`
    case 'ContainerExited':
      return (
        `run ${e.attempt} ended ${exitCauses[e.cause]} ${exitText(e.exit)}` +
        (e.oomKilled ? ', the OOM killer was at work' : '')
      )
    case 'ContainerStopRequested':
      return (
        `${e.restart ? 'restart' : 'stop'} requested with signal ${e.signal}, ` +
        (e.graceEnd === null ? 'without a time limit' : 'SIGKILL follows after the grace time')
      )
    case 'ContainerRemoveRequested':
      return e.cause === 'autoRemove'
        ? 'removal follows from its end (--rm)'
        : 'removal requested by a client'
  }
}

type Simple = Exclude<ContainerEvent, { _tag: Ending }>

const simpleSentence = (e: Simple): string => {
  switch (e._tag) {
    case 'ContainerCreateRequested':
      return `creation requested as "${e.name}" from image ${e.image.reference}`
    case 'ContainerVolumesReady':
      return 'all its volumes are there'
    case 'ContainerCreated':
      return 'created: directory and writable layer are there'
    case 'ContainerCreateFailed':
      return `creation failed: ${failedText(e)}`
    case 'ContainerStartRequested':
      return `start ${e.attempt} requested ${startCauses[e.cause]}`
    case 'ContainerLaunched':
      return (
        `launched: process ${e.processes.init.pid}, monitor ${e.processes.monitor.pid}, ` +
        `boot ${e.processes.init.boot}`
      )
    case 'ContainerStarted':
      return `run ${e.attempt} started`
    case 'ContainerReleased':
      return `everything that run ${e.attempt} had on the host is released`
    case 'ContainerReleaseDelayed':
      return `release of run ${e.attempt} failed ${e.tries} times: ${failedText(e)}`
    case 'ContainerMonitorLost':
      return 'its monitor died; the container goes on'
    case 'ContainerOomObserved':
      return 'the OOM killer was at work'
    case 'ContainerStopAbandoned':
      return `stop given up: ${e.reason}`
    case 'ContainerRestartScheduled':
      return `restart ${e.count} follows in ${e.delayMs} ms: ${e.reason}`
    case 'ContainerRestartCancelled':
      return `restart cancelled: ${e.reason}`
    case 'ContainerRenamed':
      return `renamed from "${e.previous}" to "${e.name}"`
    case 'ContainerUpdateRequested':
      return `update requested: ${updateText(e)}`
    case 'ContainerUpdated':
      return 'updated'
    case 'ContainerUpdateFailed':
      return `update failed: ${failedText(e)}`
    case 'ContainerRemoveDelayed':
      return `removal failed ${e.tries} times: ${failedText(e)}`
    case 'ContainerRemoved':
      return 'removed'
    case 'ContainerExecRequested':
      return `exec ${e.exec} requested: ${e.process.args.join(' ')}`
    case 'ContainerExecEnded':
      return `exec ${e.exec} ended ${exitText(e.exit)}`
    case 'ContainerExecFailed':
      return `exec ${e.exec} failed: ${failedText(e)}`
    case 'ContainerCopyRequested':
      return copyRequestedText(e)
    case 'ContainerCopied':
      return 'copied'
    case 'ContainerCopyFailed':
      return `copy failed: ${failedText(e)}`
    default:
      return freezerOrSignal(e)
  }
}

/** What is set of the limits, and the restart policy. */
const updateText = ({
  limits,
  restart,
}: Extract<ContainerEvent, { _tag: 'ContainerUpdateRequested' }>): string => {
  const set = Object.entries(limits).filter(([, value]) => value !== 0 && value !== '')
  return [...set, ['RestartPolicy', restart.Name]].map(([name, v]) => `${name} ${v}`).join(', ')
}

const copyWords = {
  in: 'copy to',
  out: 'copy from',
  export: 'export of',
  commit: 'commit to',
} as const

const copyRequestedText = (e: Extract<ContainerEvent, { _tag: 'ContainerCopyRequested' }>) => {
  const meanwhile = e.freeze ? ', frozen meanwhile' : ''
  return `${copyWords[e.direction]} ${e.path} requested${meanwhile}`
}

type FreezerOrSignal = Extract<
  ContainerEvent,
  {
    _tag: `ContainerPause${string}` | `ContainerUnpause${string}` | `ContainerSignal${string}`
  }
>

const freezerOrSignal = (e: FreezerOrSignal): string => {
  switch (e._tag) {
    case 'ContainerSignalRequested':
      return `signal ${e.signal} requested`
    case 'ContainerSignalled':
      return 'signal sent'
    case 'ContainerSignalFailed':
      return `signal not sent: ${failedText(e)}`
    case 'ContainerPauseRequested':
      return 'pause requested'
    case 'ContainerPaused':
      return 'paused'
    case 'ContainerPauseFailed':
      return `pause failed: ${failedText(e)}`
    case 'ContainerUnpauseRequested':
      return 'unpause requested'
    case 'ContainerUnpaused':
      return 'unpaused'
    case 'ContainerUnpauseFailed':
      return `unpause failed: ${failedText(e)}`
  }
}

const isEnding = (e: ContainerEvent): e is Extract<ContainerEvent, { _tag: Ending }> =>
  e._tag === 'ContainerStartFailed' ||
  e._tag === 'ContainerExited' ||
  e._tag === 'ContainerStopRequested' ||
  e._tag === 'ContainerRemoveRequested'

export const sentence = (e: ContainerEvent): string =>
  isEnding(e) ? endingSentence(e) : simpleSentence(e)
