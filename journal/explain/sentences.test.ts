/** What each event says to people, word for word. */
import { is } from 'uvu/assert'
import type { ContainerEvent } from '../../domain/container/events.ts'
import type { DomainEvent } from '../../domain/event.ts'
import {
  bootId,
  containerId,
  diffId,
  execId,
  imageId,
  layerId,
  volumeName,
  operationId,
} from '../../domain/identity.ts'
import { knownExit, type Exit } from '../../domain/ports/exit-record.ts'
import { suite } from '../../properties/testing/suite.ts'
import { eventSentence } from './event-sentences.ts'

const test = suite('sentences')
const to = { v: 1, id: containerId('c'.repeat(64)) } as const
const ofImage = { v: 1, id: imageId('a'.repeat(64)) } as const
const ofLayer = { v: 1, id: layerId('b'.repeat(64)) } as const
const operation = operationId('op')
const failure = { errno: 'EBUSY', error: 'busy' }
const archive = { v: 1, from: 1, to: 9, hash: '', file: '1-9.archive' } as const

const says = (table: ReadonlyArray<readonly [DomainEvent, string]>): void => {
  for (const [event, words] of table) is(eventSentence(event), words)
}

const exited = (exit: Exit, cause: 'itself' | 'removal' | 'reboot', oomKilled = false) =>
  ({ _tag: 'ContainerExited', ...to, attempt: 2, exit, oomKilled, cause }) as const

test('an end: how, why, when, and whether the OOM killer was at work', () => {
  const known = knownExit(137, 0)
  const unknown: Exit = {
    _tag: 'UnknownExit',
    lastAliveWallMs: 0,
    firstDeadWallMs: 1_000,
    reason: 'the host was down',
  }
  says([
    [exited(known, 'itself'), 'run 2 ended by itself with code 137 at 1970-01-01T00:00:00.000Z'],
    [
      exited(known, 'removal', true),
      'run 2 ended because of its removal with code 137 at 1970-01-01T00:00:00.000Z, ' +
        'the OOM killer was at work',
    ],
    [
      exited(unknown, 'reboot'),
      'run 2 ended because the host was rebooted with an unknown code between ' +
        '1970-01-01T00:00:00.000Z and 1970-01-01T00:00:01.000Z: the host was down',
    ],
  ])
})

test('a time that is no date does not stop the story', () => {
  const wallMs = Number.MAX_SAFE_INTEGER
  says([
    [exited(knownExit(0, wallMs), 'itself'), `run 2 ended by itself with code 0 at ${wallMs} ms`],
  ])
})

test('requests to end say how hard and for whom', () => {
  const stop = { _tag: 'ContainerStopRequested', ...to, operation, signal: 15 } as const
  const graceEnd = { boot: bootId('b'), monoMs: 1 }
  const removal = { _tag: 'ContainerRemoveRequested', ...to, operation, volumes: false } as const
  says([
    [
      { ...stop, graceEnd, restart: false },
      'stop requested with signal 15, SIGKILL follows after the grace time',
    ],
    [
      { ...stop, graceEnd: null, restart: true },
      'restart requested with signal 15, without a time limit',
    ],
    [{ ...removal, cause: 'autoRemove' }, 'removal follows from its end (--rm)'],
    [{ ...removal, cause: 'user' }, 'removal requested by a client'],
  ])
})

test('what failed says with which error, and how often', () => {
  const e = execId('e1')
  says([
    [
      { _tag: 'ContainerStartFailed', ...to, ...failure, operation, attempt: 3, exitCode: 127 },
      'start 3 failed with exit code 127: EBUSY: busy',
    ],
    [
      { _tag: 'ContainerCreateFailed', ...to, ...failure, operation },
      'creation failed: EBUSY: busy',
    ],
    [
      { _tag: 'ContainerReleaseDelayed', ...to, ...failure, attempt: 1, tries: 4 },
      'release of run 1 failed 4 times: EBUSY: busy',
    ],
    [
      { _tag: 'ContainerRemoveDelayed', ...to, ...failure, tries: 8 },
      'removal failed 8 times: EBUSY: busy',
    ],
    [{ _tag: 'ContainerExecFailed', ...to, ...failure, exec: e }, 'exec e1 failed: EBUSY: busy'],
    [
      { _tag: 'ContainerSignalFailed', ...to, ...failure, operation },
      'signal not sent: EBUSY: busy',
    ],
    [{ _tag: 'ContainerPauseFailed', ...to, ...failure, operation }, 'pause failed: EBUSY: busy'],
    [
      { _tag: 'ContainerUnpauseFailed', ...to, ...failure, operation },
      'unpause failed: EBUSY: busy',
    ],
    [
      { _tag: 'ContainerStopAbandoned', ...to, operation, reason: 'it does not die' },
      'stop given up: it does not die',
    ],
  ])
})

test('small events have small sentences', () => {
  const plain = (_tag: 'ContainerPauseRequested' | 'ContainerPaused'): ContainerEvent => ({
    ...{ _tag, operation },
    ...to,
  })
  const at = { boot: bootId('b'), monoMs: 1 }
  says([
    [plain('ContainerPauseRequested'), 'pause requested'],
    [plain('ContainerPaused'), 'paused'],
    [{ _tag: 'ContainerUnpauseRequested', ...to, operation }, 'unpause requested'],
    [{ _tag: 'ContainerUnpaused', ...to, operation }, 'unpaused'],
    [{ _tag: 'ContainerSignalRequested', ...to, operation, signal: 10 }, 'signal 10 requested'],
    [{ _tag: 'ContainerSignalled', ...to, operation }, 'signal sent'],
    [
      { _tag: 'ContainerMonitorLost', ...to, attempt: 1 },
      'its monitor died; the container goes on',
    ],
    [{ _tag: 'ContainerOomObserved', ...to, attempt: 1 }, 'the OOM killer was at work'],
    [
      { _tag: 'ContainerRestartCancelled', ...to, reason: 'a client stopped it' },
      'restart cancelled: a client stopped it',
    ],
    [
      { _tag: 'ContainerRestartScheduled', ...to, delayMs: 200, at, count: 2, reason: 'always' },
      'restart 2 follows in 200 ms: always',
    ],
    [
      { _tag: 'ContainerRenamed', ...to, name: 'new', previous: 'old' },
      'renamed from "old" to "new"',
    ],
  ])
})

test('images and layers: one byte is no bytes, references may be missing', () => {
  const load = { _tag: 'ImageLoadRequested', ...ofImage, operation, config: '{}' } as const
  const rest = { layers: [], origin: '/x.tar' }
  const source = { archive: '/x.tar', entry: 'l' }
  says([
    [{ ...load, ...rest, references: ['a:1', 'b:2'] }, 'load of a:1, b:2 requested from /x.tar'],
    [{ ...load, ...rest, references: [] }, 'load of aaaaaaaaaaaa requested from /x.tar'],
    [{ _tag: 'ImageStored', ...ofImage, operation, sizeBytes: 1 }, 'image is complete, 1 byte'],
    [{ _tag: 'ImageLoadFailed', ...ofImage, ...failure, operation }, 'load failed: EBUSY: busy'],
    [{ _tag: 'ImageTagged', ...ofImage, reference: 'a:1' }, 'tagged a:1'],
    [{ _tag: 'ImageUntagged', ...ofImage, reference: 'a:1' }, 'lost the tag a:1'],
    [{ _tag: 'ImageRemoved', ...ofImage }, 'image removed'],
    [
      { _tag: 'LayerUnpackRequested', ...ofLayer, diff: diffId('d'.repeat(64)), source },
      'layer is to be unpacked from /x.tar',
    ],
    [
      { _tag: 'LayerCommitted', ...ofLayer, sizeBytes: 2 },
      'layer is verified and durable, 2 bytes',
    ],
    [{ _tag: 'LayerUnpackFailed', ...ofLayer, ...failure }, 'unpacking failed: EBUSY: busy'],
    [{ _tag: 'LayerRetireRequested', ...ofLayer }, 'layer has no user left and is to be removed'],
    [
      { _tag: 'LayerRetireDelayed', ...ofLayer, ...failure, tries: 2 },
      'removal of the layer failed 2 times: EBUSY: busy',
    ],
    [{ _tag: 'LayerRetired', ...ofLayer }, 'layer removed'],
  ])
})

test('the engine tells of its starts, its recovery and its journal', () => {
  const start = { _tag: 'EngineStarted', v: 1, version: '1.2', pid: 7 } as const
  const finding = { subject: 'layer x', found: 'half there', decided: 'removed', standing: false }
  const twice = [finding, { ...finding, subject: 'layer y' }]
  says([
    [
      { ...start, boot: bootId('b1'), previous: 'crashed' },
      'the daemon started: version 1.2, pid 7, boot b1, its run before: crashed',
    ],
    [{ _tag: 'EngineStopped', v: 1, signal: 'SIGTERM' }, 'the daemon stopped on SIGTERM'],
    [
      { _tag: 'RecoveryConcluded', v: 1, findings: twice },
      'recovery: layer x: half there, removed; layer y: half there, removed',
    ],
    [{ _tag: 'RecoveryConcluded', v: 1, findings: [] }, 'recovery: nothing is left to tell'],
    [
      { _tag: 'JournalTailCut', v: 1, file: '000003.log', offset: 64, bytes: 5 },
      '5 bytes of a torn tail cut from 000003.log at 64',
    ],
    [
      { _tag: 'JournalArchived', ...archive, sizeBytes: 10, sha256: '' },
      'records 1 to 9 are in the archive 1-9.archive, 10 bytes',
    ],
    [
      { _tag: 'JournalArchiveDeleted', ...archive },
      'the archive 1-9.archive with records 1 to 9 is deleted for good',
    ],
  ])
})

test('volumes, copies and updates', () => {
  const ofVolume = { v: 1, id: volumeName('data') } as const
  const fill = { layers: [], path: '/srv' }
  says([
    [
      { _tag: 'VolumeCreateRequested', ...ofVolume, operation, anonymous: true, fill: null },
      'volume requested, without a name',
    ],
    [
      { _tag: 'VolumeCreateRequested', ...ofVolume, operation, anonymous: false, fill },
      'volume requested, with what the image has at /srv',
    ],
    [{ _tag: 'VolumeCreated', ...ofVolume, operation }, 'volume is complete and durable'],
    [
      { _tag: 'VolumeCreateFailed', ...ofVolume, operation, ...failure },
      'volume not made: EBUSY: busy',
    ],
    [
      { _tag: 'VolumeFillRequested', ...ofVolume, operation, fill },
      'volume is to be filled, with what the image has at /srv',
    ],
    [{ _tag: 'VolumeFilled', ...ofVolume, operation }, 'volume is filled'],
    [
      { _tag: 'VolumeFillFailed', ...ofVolume, operation, ...failure },
      'volume not filled: EBUSY: busy',
    ],
    [{ _tag: 'VolumeRemoveRequested', ...ofVolume, operation }, 'removal of the volume requested'],
    [
      { _tag: 'VolumeRemoveDelayed', ...ofVolume, ...failure, tries: 2 },
      'removal of the volume failed 2 times: EBUSY: busy',
    ],
    [{ _tag: 'VolumeRemoved', ...ofVolume }, 'volume removed'],
    [{ _tag: 'ContainerVolumesReady', ...to }, 'all its volumes are there'],
    [{ _tag: 'ContainerUpdated', ...to, operation }, 'updated'],
    [{ _tag: 'ContainerUpdateFailed', ...to, operation, ...failure }, 'update failed: EBUSY: busy'],
  ])
})

test.run()
