/** The document that Inspect answers: every member of CLI-INSPECT-05, also with default values. */
import * as E from 'fp-ts/lib/Either.js'
import {
  isRecorded,
  logAnnotations,
  unrecorded,
  usualLogCount,
  usualLogSize,
} from '../../../domain/container/log-options.ts'
import { securityOptions } from '../../../domain/container/validate/security-option.ts'
import { statusWord, type Container } from '../../../domain/container/state.ts'
import { noImage } from '../../../domain/image/no-image.ts'
import {
  containerDirectory,
  layerDirectory,
  jsonLogFile,
  rootfsMount,
  writableDirectory,
  type Layout,
} from '../../../domain/ports/layout.ts'
import { hostConfigDocument } from './inspect-host-config.ts'
import { mountDocuments } from './inspect-mounts.ts'
import { finishedMs, shownCode, shownPid, startedMs } from './shown-state.ts'
import { localText, never } from './time-text.ts'

const hasNoNewPrivileges = ({ SecurityOpt }: Container['host']): boolean => {
  const options = securityOptions(SecurityOpt)
  return E.isRight(options) && options.right.noNewPrivileges
}

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

/** `none` when nothing is recorded (CLI-INSPECT-06). */
const logPath = (c: Container, layout: Layout): string =>
  isRecorded(c.process.Annotations) ? jsonLogFile(layout, c) : unrecorded

/** How the output is recorded where the container does not say it itself. */
const logDefaults = (path: string): Readonly<Record<string, string>> => ({
  [logAnnotations.driver]: 'json-file',
  [logAnnotations.file]: path,
  [logAnnotations.count]: String(usualLogCount),
  [logAnnotations.size]: usualLogSize,
})

const configDocument = ({ process, image }: Container, logFile: string): unknown => ({
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
  ExposedPorts: Object.fromEntries(process.ExposedPorts.map((port) => [port, {}])),
  Volumes: {},
  Annotations: { ...logDefaults(logFile), ...process.Annotations },
  HealthCheck: {
    Test: [],
    Interval: 0,
    Timeout: 0,
    StartPeriod: 0,
    Retries: 0,
    ExitOnUnhealthy: false,
  },
  Image: image.reference,
  ImageRef: image.id === noImage ? '' : `sha256:${image.id}`,
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
    LogPath: logPath(c, layout),
    Name: c.name,
    RestartCount: c.restartCount,
    MountLabel: '',
    ProcessLabel: '',
    SeccompProfile: '',
    NoNewPrivileges: hasNoNewPrivileges(c.host),
    HostConfig: hostConfigDocument(c.host),
    GraphDriver: graphDocument(c, layout),
    Mounts: mountDocuments(c, layout),
    Config: configDocument(c, logPath(c, layout)),
    NetworkSettings: networkDocument,
  }
}
