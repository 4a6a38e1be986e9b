/** One run of the daemon: journal, host, engine, front door, in this order, and back. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { containerChanges } from '../../adapters/copy/diff/container-changes.ts'
import { archivePort } from '../../adapters/images/archive-port.ts'
import { sweepSecrets } from '../../adapters/bundle/secret-files.ts'
import { identityOf } from '../../adapters/kernel/proc.ts'
import { flockLock } from '../../adapters/ownership/flock-lock.ts'
import { onlineCpus } from '../../adapters/host/host-facts.ts'
import { startRpcServer } from '../../adapters/rpc/start-rpc-server.ts'
import type { DaemonConfig } from '../../domain/config/daemon-config.ts'
import { containerId } from '../../domain/identity.ts'
import type { Command } from '../../domain/command.ts'
import { Engine, type EngineLog } from '../../journal/engine/engine.ts'
import { eventOfEnvelope } from '../../journal/engine/feed.ts'
import { holderText, parseHolder } from '../../journal/forensic/holder.ts'
import { openJournal, type OpenJournal } from '../../journal/open/open-journal.ts'
import { openRefusalText } from '../../journal/open/refusal.ts'
import { decodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { removeCommitLeftovers } from './commit-leftovers.ts'
import { hostInfo } from './host-info.ts'
import { openHost, type RealHost } from './host-ports.ts'
import { takePidFile } from './pid-file.ts'
import { keepLogs } from './log-keeping.ts'
import { openQuarantine } from './quarantine.ts'
import { reports } from './reports.ts'
import { daemonRetention } from './retention.ts'
import { projectUpstreamFiles } from './upstream-projection.ts'
import { buildTime, engineVersion, gitCommit, upstreamVersion } from './version.ts'

export interface RunningDaemon {
  /** Containers go on; nothing new starts; the last event is durable. */
  readonly stop: (signal: string) => Promise<void>
}

const groupId = (wanted: string | undefined): Either<string, number> => {
  const groups = existsSync('/etc/group') ? readFileSync('/etc/group', 'utf8').split('\n') : []
  const find = (name: string): number | undefined => {
    const line = groups.find((l) => l.startsWith(`${name}:`))
    return line === undefined ? undefined : Number(line.split(':')[2])
  }
  if (wanted === undefined) return E.right(find('isula') ?? find('isulad') ?? 0)
  const gid = find(wanted)
  return gid === undefined ? E.left(`group ${wanted} does not exist`) : E.right(gid)
}

const socketsOf = (config: DaemonConfig): Either<string, ReadonlyArray<string>> => {
  const tcp = config.hosts.find((h) => h._tag === 'Tcp')
  return tcp !== undefined
    ? E.left('not supported yet: a tcp:// host')
    : E.right(config.hosts.flatMap((h) => (h._tag === 'Unix' ? [h.path] : [])))
}

/** Nobody but root has business below them: clients come through the socket. */
const prepareDirectories = (config: DaemonConfig): void => {
  for (const path of [config.graph, config.state]) {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    chmodSync(path, 0o700)
  }
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

interface Opened {
  readonly engine: Engine
  readonly host: RealHost
  readonly journal: OpenJournal | undefined
}

const openEngine = async (
  config: DaemonConfig,
  log: EngineLog,
  onFatal: (code: number, cause: string) => void,
): Promise<Either<string, Opened>> => {
  let engine: Engine | undefined
  const cgroupParents = (): ReadonlyArray<string> => {
    const used = [...(engine?.world.containers.values() ?? [])].map((c) => parentOf(c.cgroupPath))
    return [...new Set([config.cgroupParent, ...used])]
  }
  const opened = await openHost({ config, log, cgroupParents })
  if (E.isLeft(opened)) return opened
  const host = opened.right
  const identity = identityOf(process.pid)
  if (identity === undefined) return E.left('/proc does not show this very process')
  const journal = await openJournal({
    root: config.graph,
    identity,
    lock: flockLock({ write: holderText, read: parseHolder }),
    ...host.ports,
    onSideError: (error) => log.warn(`beside the journal: ${String(error)}`),
  })
  const parts = { ports: host.ports, version: engineVersion, pid: process.pid, log, onFatal }
  if (E.isRight(journal)) {
    engine = await Engine.open({ ...parts, journal: journal.right })
    return E.right({ engine, host, journal: journal.right })
  }
  const refusal = journal.left
  if (refusal._tag !== 'Quarantined') return E.left(openRefusalText(refusal))
  log.warn(openRefusalText(refusal))
  engine = await openQuarantine({ ...parts, root: config.graph }, refusal, openRefusalText(refusal))
  return E.right({ engine, host, journal: undefined })
}

const tailCuts = (journal: OpenJournal | undefined): ReadonlyArray<Command> =>
  (journal?.cuts() ?? []).map((cut) => ({ _tag: 'RecordJournalTailCut', ...cut }))

const serve = async (
  config: DaemonConfig,
  { engine, host, journal }: Opened,
  listen: {
    readonly sockets: ReadonlyArray<string>
    readonly gid: number
    readonly log: EngineLog
  },
) => {
  const hostCpus = await onlineCpus()
  const options = {
    gid: listen.gid,
    engine,
    codec: { envelope: decodeEnvelope, event: eventOfEnvelope },
    streams: host.streams,
    control: host.control,
    queries: host.queries,
    copies: host.copies,
    changes: containerChanges(host.layout),
    archive: archivePort,
    layout: host.layout,
    clientFifos: clientFifos(process.env),
    createDefaults: {
      umask: config.umask,
      cgroupParent: config.cgroupParent,
      runtime: host.catalogue.defaultName,
      runtimes: host.catalogue.names,
      hostCpus,
      ulimits: config.ulimits,
    },
    startTimeoutMs: config.startTimeoutMs,
    build: {
      version: upstreamVersion,
      gitCommit: gitCommit(),
      buildTime: buildTime(),
    },
    hostInfo: () => hostInfo(config.graph),
    reports: reports({
      engine,
      ports: host.ports,
      nonce: journal?.nonce,
      quarantine: journal === undefined ? engine.readOnly : undefined,
    }),
    entropy: host.ports.entropy,
    wallMs: () => host.ports.clock.now().wallMs,
    log: listen.log,
  }
  return Promise.all(listen.sockets.map((socketPath) => startRpcServer({ ...options, socketPath })))
}

/** As the client has it: `/var/run` except in tests. */
const clientFifos = (env: Readonly<Record<string, string | undefined>>): string =>
  `${env['ISULA_RUN_DIR'] || '/var/run'}/isula`

/** `Left`: why the daemon did not start; nothing was changed by it. */
export const runDaemon = async (
  config: DaemonConfig,
  log: EngineLog,
  onFatal: (code: number, cause: string) => void,
): Promise<Either<string, RunningDaemon>> => {
  const sockets = socketsOf(config)
  const gid = groupId(config.group)
  if (E.isLeft(sockets)) return sockets
  if (E.isLeft(gid)) return gid
  const pidFile = takePidFile(config.pidfile, process.pid)
  if (E.isLeft(pidFile)) return pidFile
  prepareDirectories(config)
  const opened = await openEngine(config, log, onFatal)
  if (E.isLeft(opened)) {
    pidFile.right.remove()
    return opened
  }
  const { engine, host, journal } = opened.right
  if (journal !== undefined) {
    await engine.start(tailCuts(journal))
    removeCommitLeftovers(engine, host.layout)
    await sweepSecrets(host.layout, (id) => engine.world.container(containerId(id)) !== undefined)
  }
  const listen = { sockets: sockets.right, gid: gid.right, log }
  const servers = await serve(config, opened.right, listen)
  const { ports } = host
  const retention =
    journal === undefined
      ? undefined
      : daemonRetention({ engine, journal, ports, limits: config.journalRetain, log })
  retention?.start()
  const logs = keepLogs({ engine, layout: host.layout, control: host.control, log })
  logs.start()
  const files = projectUpstreamFiles(engine, host.layout, log)
  void files.start()
  log.info(`isulad ${engineVersion} listens on ${sockets.right.join(' ')}`)
  const stop = async (signal: string): Promise<void> => {
    await Promise.all(servers.map((s) => s.close(2_000)))
    await retention?.stop()
    await logs.stop()
    files.stop()
    if (journal !== undefined) await engine.stop(signal)
    await journal?.close()
    host.close()
    pidFile.right.remove()
  }
  return E.right({ stop })
}
