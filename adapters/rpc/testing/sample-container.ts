/** Containers in any phase, for tests of what clients see. */
import type { HostConfig, ProcessConfig } from '../../../domain/container/config.ts'
import {
  sampleHost as plainHost,
  sampleProcess as plainProcess,
} from '../../../domain/container/container-fixture.ts'
import type { Container, LastRun, Running } from '../../../domain/container/state.ts'
import { bootId, containerId, imageId, layerId } from '../../../domain/identity.ts'
import type { Now } from '../../../domain/time.ts'
import { noStorage } from '../../../domain/container/storage.ts'

export const boot = bootId('11111111-2222-3333-4444-555555555555')

export const at = (wallMs: number): Now => ({ boot, monoMs: wallMs, wallMs })

export const sampleHost: HostConfig = {
  ...plainHost,
  Binds: ['/a:/b:ro'],
  Mounts: [{ Type: 'bind', Source: '/s', Target: '/t', Readonly: false, Propagation: '' }],
  NetworkMode: '',
  CgroupParent: '/isulad',
}

const sampleProcess: ProcessConfig = {
  ...plainProcess,
  Hostname: 'localhost',
  Env: ['PATH=/bin'],
  Cmd: ['-c', 'true'],
  Entrypoint: ['sh'],
  WorkingDir: '',
  Labels: { role: 'web' },
  Annotations: { 'native.umask': 'secure' },
}

export const idOf = (n: number): Container['id'] =>
  containerId(n.toString(16).padStart(8, '0').repeat(8))

export const running = (
  pid: number,
  startedMs: number,
  change: Partial<Running> = {},
): Running => ({
  _tag: 'Running',
  attempt: 1,
  processes: {
    init: { boot, pid, startTicks: 1 },
    monitor: { boot, pid: pid + 1, startTicks: 1 },
  },
  started: at(startedMs),
  monitorLost: false,
  freezer: { _tag: 'Thawed' },
  stop: null,
  signals: [],
  ...change,
})

export const ended = (code: number, startedMs: number | null, endedMs: number): LastRun => ({
  attempt: 1,
  exit: { _tag: 'KnownExit', code, wallMs: endedMs },
  oomKilled: false,
  cause: 'itself',
  started: startedMs === null ? null : at(startedMs),
  ended: at(endedMs),
  error: '',
})

/** Created and never started, unless changed. */
export const sampleContainer = (n: number, change: Partial<Container> = {}): Container => ({
  id: idOf(n),
  name: `name-${n}`,
  image: { id: imageId('a'.repeat(64)), reference: 'busybox' },
  layers: [layerId('b'.repeat(64)), layerId('c'.repeat(64))],
  runtime: 'crun',
  cgroupPath: `/isulad/${idOf(n)}`,
  host: sampleHost,
  process: sampleProcess,
  storage: noStorage,
  created: at(n * 1_000),
  attempt: 0,
  restartCount: 0,
  streak: 0,
  lastDelayMs: 0,
  stoppedByUser: false,
  unreleased: null,
  releaseDelay: null,
  oomSeen: false,
  lastRun: null,
  execs: {},
  phase: { _tag: 'Created' },
  ...change,
})
