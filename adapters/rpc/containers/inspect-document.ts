/** The document that Inspect answers: every member of CLI-INSPECT-05, also with default values. */
import { statusWord, type Container } from '../../../domain/container/state.ts'
import {
  containerDirectory,
  layerDirectory,
  logFile,
  rootfsMount,
  writableDirectory,
  type Layout,
} from '../../../domain/ports/layout.ts'
import { hostConfigDocument } from './inspect-host-config.ts'
import { finishedMs, shownCode, shownPid, startedMs } from './shown-state.ts'
import { localText, never } from './time-text.ts'

const timeText = (wallMs: number | undefined): string =>
  wallMs === undefined ? never : localText(wallMs)

/** The last failure, or why a removal does not come to its end. */
const errorText = ({ phase, lastRun, releaseDelay }: Container): string => {
  if (phase._tag === 'Running') return ''
  const delay = phase._tag === 'Removing' ? phase.delay : releaseDelay
  return delay === null ? (lastRun?.error ?? '') : `${delay.errno}: ${delay.error}`
}

/** An exit that nobody could see is shown as 255, with this beside it (I6). */
const isExitKnown = ({ phase, lastRun }: Container): boolean =>
  phase._tag === 'Running' || lastRun?.exit._tag !== 'UnknownExit'

const stateDocument = (c: Container): unknown => {
  const word = statusWord(c)
  return {
    Status: word,
    Running: word === 'running' || word === 'paused' || word === 'restarting',
    Paused: word === 'paused',
    Restarting: word === 'restarting',
    RemovalInProgress: word === 'removing',
    OOMKilled: c.phase._tag === 'Running' ? c.oomSeen : (c.lastRun?.oomKilled ?? false),
    Pid: shownPid(c),
    ExitCode: shownCode(c),
    ExitKnown: isExitKnown(c),
    Error: errorText(c),
    StartedAt: timeText(startedMs(c)),
    FinishedAt: timeText(finishedMs(c)),
    Health: { Status: '', FailingStreak: 0, Log: [] },
  }
}

const bindDocument = (bind: string): unknown => {
  const [source = '', target = '', mode = ''] = bind.split(':')
  const options = mode.split(',')
  return {
    Type: 'bind',
    Name: '',
    Source: source,
    Destination: target,
    Driver: '',
    Mode: mode,
    RW: !options.includes('ro'),
    Propagation: options.find((o) => /^r?(private|shared|slave)$/.test(o)) ?? 'rprivate',
  }
}

const mountDocuments = ({ host }: Container): ReadonlyArray<unknown> => [
  ...host.Binds.map(bindDocument),
  ...host.Mounts.map((mount) => ({
    Type: mount.Type,
    Name: '',
    Source: mount.Source,
    Destination: mount.Target,
    Driver: '',
    Mode: '',
    RW: !mount.Readonly,
    Propagation: mount.Propagation === '' ? 'rprivate' : mount.Propagation,
  })),
]

const configDocument = ({ process, image }: Container): unknown => ({
  Hostname: process.Hostname,
  User: process.User,
  Env: process.Env,
  Tty: process.Tty,
  OpenStdin: process.OpenStdin,
  AttachStdin: process.AttachStdin,
  AttachStdout: process.AttachStdout,
  AttachStderr: process.AttachStderr,
  Cmd: process.Cmd,
  Entrypoint: process.Entrypoint,
  WorkingDir: process.WorkingDir,
  Labels: process.Labels,
  Volumes: {},
  Annotations: process.Annotations,
  HealthCheck: {
    Test: [],
    Interval: 0,
    Timeout: 0,
    StartPeriod: 0,
    Retries: 0,
    ExitOnUnhealthy: false,
  },
  Image: image.reference,
  ImageRef: `sha256:${image.id}`,
  StopSignal: process.StopSignal,
})

const networkDocument = {
  Bridge: '',
  SandboxID: '',
  SandboxKey: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  MacAddress: '',
  Ports: {},
  CNIPorts: [],
  Activation: false,
  Networks: {},
}

const resourcesDocument = ({ host }: Container): unknown => ({
  CPUPeriod: 0,
  CPUQuota: 0,
  CPUShares: host.CPUShares,
  Memory: host.Memory,
  MemorySwap: host.MemorySwap,
  Hugetlbs: [],
  unified: {},
})

const graphDocument = (c: Container, layout: Layout): unknown => ({
  Name: 'overlay2',
  Data: {
    LowerDir: [...c.layers]
      .reverse()
      .map((layer) => `${layerDirectory(layout, layer)}/diff`)
      .join(':'),
    MergedDir: rootfsMount(layout, c.id),
    UpperDir: `${writableDirectory(layout, c.id)}/diff`,
    WorkDir: `${writableDirectory(layout, c.id)}/work`,
  },
})

export const inspectDocument = (c: Container, layout: Layout): Record<string, unknown> => {
  const [path = '', ...args] = [...c.process.Entrypoint, ...c.process.Cmd]
  const directory = containerDirectory(layout, c)
  return {
    Id: c.id,
    Created: localText(c.created.wallMs),
    Path: path,
    Args: args,
    State: stateDocument(c),
    Resources: resourcesDocument(c),
    Image: c.image.reference,
    ResolvConfPath: `${directory}/resolv.conf`,
    HostnamePath: `${directory}/hostname`,
    HostsPath: `${directory}/hosts`,
    LogPath: logFile(layout, c),
    Name: c.name,
    RestartCount: c.restartCount,
    MountLabel: '',
    ProcessLabel: '',
    SeccompProfile: '',
    NoNewPrivileges: false,
    HostConfig: hostConfigDocument(c.host),
    GraphDriver: graphDocument(c, layout),
    Mounts: mountDocuments(c),
    Config: configDocument(c),
    NetworkSettings: networkDocument,
  }
}
