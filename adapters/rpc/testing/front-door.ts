/** A front door on a socket of its own, and clients of all its services: for tests. */
import {
  credentials,
  makeGenericClientConstructor,
  Metadata,
  type Client,
  type ServiceDefinition,
} from '@grpc/grpc-js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diffId, imageId, layerId } from '../../../domain/identity.ts'
import { notApplied } from '../../../domain/ports/answer.ts'
import type { Layout } from '../../../domain/ports/layout.ts'
import type { ArchivePort } from '../../../domain/ports/storage-ports.ts'
import { systemEntropy } from '../../ambient/entropy.ts'
import type { CgroupUsage } from '../../cgroups/usage.ts'
import { CopySessions } from '../../copy/sessions.ts'
import type { StreamRegistry } from '../../monitor/streams.ts'
import type { HostQueries } from '../../queries/host-queries.ts'
import type { EngineFacade, JournalCodec } from '../engine-facade.ts'
import type { RpcOptions } from '../rpc-options.ts'
import { startRpcServer } from '../start-rpc-server.ts'

const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined }

const hex = (digit: string): string => digit.repeat(64)

/** `/busybox.tar` holds one image; everything else is missing. */
const archive: ArchivePort = {
  read: (path) =>
    path === '/busybox.tar'
      ? TE.right([
          {
            id: imageId(hex('a')),
            config: JSON.stringify({
              created: '2024-05-01T10:00:00Z',
              config: { Cmd: ['sleep'], Env: ['PATH=/bin'], Labels: { made: 'here' } },
            }),
            references: ['busybox:latest'],
            layers: [
              {
                layer: layerId(hex('b')),
                diff: diffId(hex('b')),
                source: { archive: path, entry: 'layer.tar' },
              },
            ],
          },
        ])
      : TE.left(notApplied('ENOENT', path)),
  diffOf: (path) =>
    path === '/rootfs.tar' ? TE.right(diffId(hex('c'))) : TE.left(notApplied('ENOENT', path)),
}

const nothingUsed: CgroupUsage = {
  cpuNanos: 0,
  cpuUserNanos: 0,
  cpuKernelNanos: 0,
  pids: 0,
  blockRead: 0,
  blockWritten: 0,
  memory: 0,
  memoryLimit: Infinity,
  kernelMemory: 0,
  kernelMemoryLimit: Infinity,
  cache: 0,
  anonymous: 0,
  inactiveFile: 0,
  pageFaults: 0,
  majorPageFaults: 0,
}

/** Tests that ask the host bring answers of their own. */
const noQueries: HostQueries = {
  usage: () => ({ usage: nothingUsed, systemNanos: 0, onlineCpus: 2, hostMemory: 1_024 }),
  pids: () => Promise.resolve([]),
  ps: () => Promise.resolve({ _tag: 'Right', right: 'PID\n' }),
}

export interface FrontDoorParts {
  readonly queries?: HostQueries
  readonly copies?: CopySessions
  readonly engine: EngineFacade
  readonly codec: JournalCodec
  readonly streams: StreamRegistry
}

const optionsOf = (parts: FrontDoorParts, directory: string, layout: Layout): RpcOptions => ({
  ...parts,
  socketPath: join(directory, 'isulad.sock'),
  gid: process.getgid?.() ?? 0,
  control: {
    resize: () => TE.right(undefined),
    resizeExec: () => TE.right(undefined),
    reopenLog: () => TE.right(undefined),
  },
  queries: parts.queries ?? noQueries,
  copies: parts.copies ?? new CopySessions(),
  changes: () => Promise.resolve({ _tag: 'Right', right: [] }),
  archive,
  layout,
  clientFifos: directory,
  createDefaults: {
    umask: 0o027,
    cgroupParent: '/isulad',
    runtime: 'crun',
    runtimes: [],
    hostCpus: [0, 1],
    ulimits: [],
  },
  startTimeoutMs: null,
  build: { version: '2.1.6', gitCommit: 'abc', buildTime: 'today' },
  hostInfo: () => ({
    kernelVersion: '6',
    osType: 'Linux',
    architecture: 'x86_64',
    nodeName: 'node',
    cpus: 2,
    operatingSystem: 'test',
    cgroupDriver: 'cgroupfs',
    loggingDriver: 'json-file',
    hugePageSizes: '2MB',
    totalMemoryGb: 4,
    httpProxy: '',
    httpsProxy: '',
    noProxy: '',
    driverName: 'overlay2',
    driverStatus: '',
  }),
  reports: {
    explain: () => Promise.resolve({ _tag: 'Left', left: 'none' }),
    audit: () => Promise.resolve({ _tag: 'Right', right: { ok: true } }),
    recovery: () => Promise.resolve({ _tag: 'Right', right: {} }),
  },
  entropy: systemEntropy,
  wallMs: Date.now,
  log: silent,
})

interface Method<Q, R> {
  readonly path: string
  readonly requestSerialize: (value: Q) => Buffer
  readonly responseDeserialize: (value: Buffer) => R
}

export interface FrontDoor {
  readonly directory: string
  readonly socketPath: string
  readonly layout: Layout
  readonly call: <Q, R>(method: Method<Q, R>, request: Q, requestId?: string) => Promise<R>
  /** Messages until the stream ends, or `enough` of them have come. */
  readonly stream: <Q, R>(method: Method<Q, R>, request: Q, enough?: number) => Promise<R[]>
  /** The server alone ends; clients stay. */
  readonly stop: () => Promise<void>
  readonly close: () => Promise<void>
}

const metadataOf = (requestId: string | undefined): Metadata => {
  const metadata = new Metadata()
  if (requestId !== undefined) metadata.set('isulad-request-id', requestId)
  return metadata
}

const callOn =
  (client: Client): FrontDoor['call'] =>
  <Q, R>(method: Method<Q, R>, request: Q, requestId?: string) =>
    new Promise<R>((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = method
      const metadata = metadataOf(requestId)
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        (error, reply) => {
          if (error !== null) reject(error)
          else if (reply === undefined) reject(new Error('no reply'))
          else resolve(reply)
        },
      )
    })

const streamOn =
  (client: Client): FrontDoor['stream'] =>
  <Q, R>(method: Method<Q, R>, request: Q, enough = Infinity) =>
    new Promise<R[]>((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = method
      const seen: R[] = []
      const call = client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
      )
      call.on('data', (message: R) => {
        seen.push(message)
        if (seen.length < enough) return
        call.cancel()
        resolve(seen)
      })
      call.on('error', (error) => (seen.length < enough ? reject(error) : undefined))
      call.on('end', () => resolve(seen))
    })

/** Uses the socket of a directory of its own below the system's temporary one. */
export const openFrontDoor = async (parts: FrontDoorParts): Promise<FrontDoor> => {
  const directory = mkdtempSync(join(tmpdir(), 'front-door-'))
  const layout = { root: join(directory, 'root'), state: join(directory, 'state') }
  const options = optionsOf(parts, directory, layout)
  const server = await startRpcServer(options)
  const service: ServiceDefinition = {}
  const Generic = makeGenericClientConstructor(service, 'any')
  const client = new Generic(`unix://${options.socketPath}`, credentials.createInsecure())
  return {
    directory,
    socketPath: options.socketPath,
    layout,
    call: callOn(client),
    stream: streamOn(client),
    stop: () => server.close(500),
    close: async () => {
      client.close()
      await server.close(500)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
