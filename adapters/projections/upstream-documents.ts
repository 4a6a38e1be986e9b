/** The files that upstream keeps for each container, as documents (spec 22 section 7). */
import { statusWord, type Container } from '../../domain/container/state.ts'
import type { Layout } from '../../domain/ports/layout.ts'
import { inspectDocument } from '../rpc/containers/inspect-document.ts'

type Json = Readonly<Record<string, unknown>>

/** Everything that only these files have and upstream does not read is left out. */
const commonConfig = (c: Container, shown: Json): Json => ({
  id: c.id,
  Name: c.name,
  Created: shown['Created'],
  Path: shown['Path'],
  Args: shown['Args'],
  Config: shown['Config'],
  Image: c.image.reference,
  ImageType: c.image.id === '' ? 'external' : 'oci',
  HostnamePath: shown['HostnamePath'],
  HostsPath: shown['HostsPath'],
  ResolvConfPath: shown['ResolvConfPath'],
  LogPath: shown['LogPath'],
  LogDriver: 'json-file',
  MountPoints: shown['Mounts'],
  MountLabel: shown['MountLabel'],
  ProcessLabel: shown['ProcessLabel'],
  RestartCount: c.restartCount,
  HasBeenManuallyStopped: c.stoppedByUser,
  HasBeenStartedBefore: c.attempt > 0,
})

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** A process is known by its pid and the clock ticks of its start (proc(5)). */
const processes = ({ phase }: Container): Json => {
  const living = phase._tag === 'Running' ? phase.processes : null
  return {
    Pid: living?.init.pid ?? 0,
    StartTime: living?.init.startTicks ?? 0,
    PPid: living?.monitor.pid ?? 0,
    PStartTime: living?.monitor.startTicks ?? 0,
  }
}

const stateDocument = (c: Container, shown: Json): Json => {
  const state = isObject(shown['State']) ? shown['State'] : {}
  const word = statusWord(c)
  return {
    Dead: false,
    Error: state['Error'],
    ExitCode: state['ExitCode'],
    FinishedAt: state['FinishedAt'],
    StartedAt: state['StartedAt'],
    OOMKilled: state['OOMKilled'],
    Paused: state['Paused'],
    ...processes(c),
    RemovalInprogress: word === 'removing',
    Restarting: word === 'restarting',
    Running: state['Running'],
    Starting: word === 'starting',
    RestartCount: c.restartCount,
    HasBeenManuallyStopped: c.stoppedByUser,
    Health: state['Health'],
  }
}

/** By file name, below the container's directory. */
export const upstreamDocuments = (c: Container, layout: Layout): Readonly<Record<string, Json>> => {
  const shown = inspectDocument(c, layout)
  const within = (name: string): Json => (isObject(shown[name]) ? shown[name] : {})
  return {
    'config.v2.json': {
      CommonConfig: commonConfig(c, shown),
      Image: `sha256:${c.image.id}`,
      State: {},
    },
    'hostconfig.json': within('HostConfig'),
    'container_state.json': stateDocument(c, shown),
    'network_settings.json': within('NetworkSettings'),
  }
}
