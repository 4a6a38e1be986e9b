/** Which event may follow which state: the table for emitters and auditors alike (D2). */
import type { ContainerEvent } from './events.ts'
import type { Container } from './state.ts'

type Where = 'Absent' | Container['phase']['_tag']

/** Events that are legal in each phase, besides the ones of `anywhere`. */
const legal: Readonly<Record<Where, ReadonlyArray<ContainerEvent['_tag']>>> = {
  Absent: ['ContainerCreateRequested'],
  Creating: ['ContainerCreated', 'ContainerCreateFailed', 'ContainerRemoveRequested'],
  Created: ['ContainerStartRequested', 'ContainerRemoveRequested', 'ContainerRenamed'],
  Starting: [
    'ContainerLaunched',
    'ContainerStarted',
    'ContainerStartFailed',
    'ContainerExited',
    'ContainerStopRequested',
    'ContainerRemoveRequested',
    'ContainerRenamed',
    'ContainerReleased',
    'ContainerReleaseDelayed',
    'ContainerExecEnded',
    'ContainerExecFailed',
  ],
  Running: [
    'ContainerExited',
    'ContainerMonitorLost',
    'ContainerOomObserved',
    'ContainerStopRequested',
    'ContainerStopAbandoned',
    'ContainerSignalRequested',
    'ContainerSignalled',
    'ContainerSignalFailed',
    'ContainerPauseRequested',
    'ContainerPaused',
    'ContainerPauseFailed',
    'ContainerUnpauseRequested',
    'ContainerUnpaused',
    'ContainerUnpauseFailed',
    'ContainerRemoveRequested',
    'ContainerRenamed',
    'ContainerExecRequested',
    'ContainerExecEnded',
    'ContainerExecFailed',
  ],
  Exited: [
    'ContainerStartRequested',
    'ContainerReleased',
    'ContainerReleaseDelayed',
    'ContainerRestartScheduled',
    'ContainerRestartCancelled',
    'ContainerRemoveRequested',
    'ContainerRenamed',
    'ContainerExecEnded',
    'ContainerExecFailed',
  ],
  Removing: [
    'ContainerExited',
    'ContainerRemoveDelayed',
    'ContainerRemoved',
    'ContainerExecEnded',
    'ContainerExecFailed',
    'ContainerSignalFailed',
  ],
}

export const isLegal = (before: Container | undefined, e: ContainerEvent): boolean =>
  legal[before === undefined ? 'Absent' : before.phase._tag].includes(e._tag)
