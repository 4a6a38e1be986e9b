/** Which event may follow which state: the table for emitters and auditors alike (D2). */
import type { ContainerEvent } from './events.ts'
import type { Container } from './state.ts'

type Where = 'Absent' | Container['phase']['_tag']

const copyEnds: ReadonlyArray<ContainerEvent['_tag']> = ['ContainerCopied', 'ContainerCopyFailed']

/** Events that are legal in each phase. */
const legal: Readonly<Record<Where, ReadonlyArray<ContainerEvent['_tag']>>> = {
  Absent: ['ContainerCreateRequested'],
  Creating: [
    'ContainerVolumesReady',
    'ContainerCreated',
    'ContainerCreateFailed',
    'ContainerRemoveRequested',
  ],
  Created: [
    'ContainerStartRequested',
    'ContainerRemoveRequested',
    'ContainerRenamed',
    'ContainerUpdateRequested',
    'ContainerUpdated',
    'ContainerCopyRequested',
    ...copyEnds,
  ],
  Starting: [
    'ContainerLaunched',
    'ContainerStarted',
    'ContainerStartFailed',
    'ContainerExited',
    'ContainerStopRequested',
    'ContainerRemoveRequested',
    'ContainerRenamed',
    'ContainerUpdateRequested',
    'ContainerUpdated',
    'ContainerUpdateFailed',
    'ContainerReleased',
    'ContainerReleaseDelayed',
    'ContainerExecEnded',
    'ContainerExecFailed',
    ...copyEnds,
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
    'ContainerUpdateRequested',
    'ContainerUpdated',
    'ContainerUpdateFailed',
    'ContainerExecRequested',
    'ContainerExecEnded',
    'ContainerExecFailed',
    'ContainerCopyRequested',
    ...copyEnds,
  ],
  Exited: [
    'ContainerStartRequested',
    'ContainerReleased',
    'ContainerReleaseDelayed',
    'ContainerRestartScheduled',
    'ContainerRestartCancelled',
    'ContainerRemoveRequested',
    'ContainerRenamed',
    'ContainerUpdateRequested',
    'ContainerUpdated',
    'ContainerExecEnded',
    'ContainerExecFailed',
    'ContainerCopyRequested',
    ...copyEnds,
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
