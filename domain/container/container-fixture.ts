/** Containers in every state, made by their events: what tests and the simulator start from. */
import type { CommandContext } from '../decision.ts'
import type { HostView } from '../host-view.ts'
import {
  bootId,
  containerId,
  execId,
  imageId,
  layerId,
  operationId,
  type ContainerId,
} from '../identity.ts'
import { knownExit } from '../ports/exit-record.ts'
import type { Now } from '../time.ts'
import type { HostConfig, ProcessConfig } from './config.ts'
import type { ContainerEvent } from './events.ts'
import { evolveContainer } from './evolve.ts'
import { noHostOptions } from './host-options.ts'
import { noStorage } from './storage.ts'
import type { Container } from './state.ts'

export const sampleHost: HostConfig = {
  Binds: [],
  Mounts: [],
  VolumesFrom: [],
  Tmpfs: {},
  NetworkMode: 'none',
  Privileged: false,
  AutoRemove: false,
  ReadonlyRootfs: false,
  Runtime: 'crun',
  RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
  CapAdd: [],
  CapDrop: [],
  CPUShares: 0,
  NanoCpus: 0,
  CPUPeriod: 0,
  CPUQuota: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Memory: 0,
  MemorySwap: 0,
  MemoryReservation: 0,
  PidsLimit: 0,
  Ulimits: [],
  ShmSize: 67_108_864,
  CgroupParent: '',
  ...noHostOptions,
}

export const sampleProcess: ProcessConfig = {
  Hostname: 'sample',
  User: '',
  Tty: false,
  OpenStdin: false,
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Env: [],
  Cmd: ['sh'],
  Entrypoint: [],
  WorkingDir: '/',
  Labels: {},
  Annotations: {},
  StopSignal: 'SIGTERM',
  Umask: 0o027,
  SecretEnv: [],
  ExposedPorts: [],
}

export const sampleId: ContainerId = containerId('c'.repeat(64))
export const sampleBoot = bootId('boot-1')

/** `monoMs` after the boot. */
export const sampleTime = (monoMs: number): Now => ({
  boot: sampleBoot,
  monoMs,
  wallMs: 1_700_000_000_000 + monoMs,
})

export const contextAt = (monoMs: number): CommandContext => ({
  now: sampleTime(monoMs),
  operation: operationId('fresh'),
})

const operation = operationId('earlier')

export const requestedEvent = (host: Partial<HostConfig> = {}): ContainerEvent => ({
  _tag: 'ContainerCreateRequested',
  v: 1,
  id: sampleId,
  operation,
  name: 'sample',
  image: { id: imageId('b'.repeat(64)), reference: 'busybox:latest' },
  layers: [layerId('a'.repeat(64))],
  runtime: 'crun',
  cgroupPath: `/isulad/${sampleId}`,
  host: { ...sampleHost, ...host },
  process: sampleProcess,
  storage: noStorage,
})

const to = { v: 1, id: sampleId } as const

export const createdEvent: ContainerEvent = { _tag: 'ContainerCreated', ...to, operation }

export const startRequestedEvent = (attempt: number): ContainerEvent => ({
  _tag: 'ContainerStartRequested',
  ...to,
  operation,
  attempt,
  cause: 'user',
  deadline: null,
  joins: [],
})

/** Init and monitor of an attempt. */
export const processesOf = (attempt: number) => ({
  init: { boot: sampleBoot, pid: 100 + attempt, startTicks: attempt },
  monitor: { boot: sampleBoot, pid: 200 + attempt, startTicks: attempt },
})

export const launchedEvent = (attempt: number): ContainerEvent => ({
  _tag: 'ContainerLaunched',
  ...to,
  attempt,
  processes: processesOf(attempt),
})

export const startedEvent = (attempt: number): ContainerEvent => ({
  _tag: 'ContainerStarted',
  ...to,
  operation,
  attempt,
})

export const exitedEvent = (attempt: number, code: number): ContainerEvent => ({
  _tag: 'ContainerExited',
  ...to,
  attempt,
  exit: knownExit(code, sampleTime(0).wallMs),
  oomKilled: false,
  cause: 'itself',
})

export const execRequestedEvent = (exec: string, detached = false): ContainerEvent => ({
  _tag: 'ContainerExecRequested',
  ...to,
  operation: operationId(`exec-${exec}`),
  exec: execId(exec),
  attempt: 1,
  detached,
  process: { args: ['ls'], env: [], user: '', workingDir: '/', terminal: false, openStdin: false },
})

const running: ReadonlyArray<ContainerEvent> = [
  createdEvent,
  startRequestedEvent(1),
  launchedEvent(1),
  startedEvent(1),
]

const pausing: ContainerEvent = { _tag: 'ContainerPauseRequested', ...to, operation }
const paused: ContainerEvent = { _tag: 'ContainerPaused', ...to, operation }
const released: ContainerEvent = { _tag: 'ContainerReleased', ...to, attempt: 1 }

const historyOf = {
  creating: [],
  inited: [createdEvent],
  starting: [createdEvent, startRequestedEvent(1)],
  running,
  paused: [...running, pausing, paused],
  restarting: [
    ...running,
    exitedEvent(1, 1),
    released,
    {
      _tag: 'ContainerRestartScheduled',
      ...to,
      delayMs: 100,
      at: { boot: sampleBoot, monoMs: 5_100 },
      count: 1,
      reason: 'policy always',
    },
  ],
  exited: [...running, exitedEvent(1, 0), released],
  removing: [
    createdEvent,
    { _tag: 'ContainerRemoveRequested', ...to, operation, cause: 'user', volumes: false },
  ],
} as const satisfies Record<string, ReadonlyArray<ContainerEvent>>

/** The states of CLI-STATE-11 and spec 96 C.4, with `creating` before them. */
export type SampleState = keyof typeof historyOf

/** The fold of `events` over a container that was asked for at 1 s, each 10 ms after the other. */
export const foldedFrom = (
  events: ReadonlyArray<ContainerEvent>,
  host: Partial<HostConfig> = {},
): Container | undefined =>
  [requestedEvent(host), ...events].reduce<Container | undefined>(
    (c, e, i) => evolveContainer(c, e, sampleTime(1_000 + 10 * i)),
    undefined,
  )

/** `more` follows the events that lead to the state. */
export const containerIn = (
  state: SampleState,
  host: Partial<HostConfig> = {},
  more: ReadonlyArray<ContainerEvent> = [],
): Container | undefined => foldedFrom([...historyOf[state], ...more], host)

/** A view that knows one container, or none. */
export const viewOf = (c: Container | undefined): HostView => ({
  container: (id) => (c?.id === id ? c : undefined),
  containerByName: (name) => (c?.name === name ? c : undefined),
  image: () => undefined,
  imageByReference: () => undefined,
  layer: () => undefined,
  volume: () => undefined,
  containersOfImage: () => [],
  imagesOfLayer: () => [],
  containersOfLayer: () => [],
  containersOfVolume: () => [],
  quarantined: () => undefined,
})
