/** The real adapters, put together as the daemon does, as a host under contract. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { removeTrees } from '../../adapters/cgroups/cgroup-tree.ts'
import { cgroupDirectories, detectCgroups } from '../../adapters/cgroups/hierarchies.ts'
import { killAll } from '../../adapters/cgroups/kill-all.ts'
import { unmount } from '../../adapters/kernel/mount.ts'
import { mountsAtOrBelow } from '../../adapters/kernel/mountinfo.ts'
import { readProc } from '../../adapters/kernel/proc.ts'
import { processPort } from '../../adapters/kernel/process-port.ts'
import { sha256, tarBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import { endLaunch } from '../../adapters/monitor/end-launch.ts'
import { openHost } from '../../cli/isulad/host-ports.ts'
import { daemonConfig } from '../../domain/config/daemon-config.ts'
import {
  containerId,
  diffId,
  layerId,
  type LayerId,
  type ProcessIdentity,
} from '../../domain/identity.ts'
import { layerStaging, writableDirectory, type Layout } from '../../domain/ports/layout.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { UnpackRequest } from '../../domain/ports/storage-ports.ts'
import { bundleRequest, type ContainerWish } from './container-request.ts'
import { valueOf, type HostUnderContract, type Program } from './host-under-contract.ts'
import { archived, programLayer } from './test-layer.ts'

export interface RealHost extends HostUnderContract {
  readonly directory: string
  readonly layout: Layout
  readonly cgroupParent: string
  /** As `newContainer`, with all that a wish may hold. */
  readonly wish: (wish: Omit<ContainerWish, 'ref'>) => ReturnType<typeof bundleRequest>
}

const oomLimitBytes = 16 * 1024 * 1024
const seconds = (ms: number): string => (ms / 1000).toFixed(3)

/** The first process of a pid namespace hears only what it has a handler for. */
const obedient = "trap 'exit 143' TERM; while true; do sleep 1000 & wait $!; done"

const commandOf = (program: Program): ReadonlyArray<string> => {
  switch (program._tag) {
    case 'Forever':
      return ['sh', '-c', obedient]
    case 'Deaf':
      return ['sleep', '1000']
    case 'Exits':
      return program.afterMs === 0
        ? ['sh', '-c', `exit ${program.code}`]
        : ['sh', '-c', `sleep ${seconds(program.afterMs)}; exit ${program.code}`]
    case 'OutOfMemory':
      return ['tail', '/dev/zero']
    case 'NoSuchCommand':
      return ['no-such-command']
  }
}

/** In an exec the plain program dies of a signal, and its children do not outlive it. */
const execArgs = (program: Program): ReadonlyArray<string> => {
  if (program._tag === 'Deaf') throw new Error('no exec is deaf by itself')
  return program._tag === 'Forever' ? ['sleep', '1000'] : commandOf(program)
}

const openPorts = async (layout: Layout, cgroupParent: string, runtime: string) => {
  const flags = ['--graph', layout.root, '--state', layout.state, '--cgroup-parent', cgroupParent]
  const invocation = daemonConfig([...flags, '--default-runtime', runtime], undefined)
  if (E.isLeft(invocation)) throw new Error(invocation.left.message)
  if (invocation.right._tag !== 'Run') throw new Error('no configuration')
  const opened = await openHost({
    config: invocation.right.config,
    log: { info: () => undefined, warn: () => undefined, debug: () => undefined },
    cgroupParents: () => [cgroupParent],
  })
  if (E.isLeft(opened)) throw new Error(opened.left)
  return opened.right
}

/**
 * The runtime's own init has another name; `start` does not wait for its execve(2), and whoever
 * freezes it in there waits for ever: its other threads are frozen before they can end.
 */
const begun = async ({ pid }: ProcessIdentity): Promise<void> => {
  while (/^(runc|crun|exe|[0-9])/.test(readProc(pid, 'comm') ?? '')) await sleep(1)
}

interface Place {
  readonly directory: string
  readonly layout: Layout
  readonly cgroupParent: string
}

const newPlace = (): Place => {
  const directory = realpathSync(mkdtempSync(`${tmpdir()}/isulad-contract-`))
  const layout = { root: `${directory}/root`, state: `${directory}/state` }
  for (const path of [layout.root, layout.state]) mkdirSync(path)
  return { directory, layout, cgroupParent: `/isulad-contract-${directory.slice(-6)}` }
}

/** By force, also after a failed case: nothing of it may stay on the machine. */
const clean = async ({ directory, layout, cgroupParent }: Place): Promise<void> => {
  const host = detectCgroups()
  await endLaunch({ process: processPort }, layout.state)
  await killAll({ host, process: processPort }, cgroupParent)
  await removeTrees(cgroupDirectories(host, cgroupParent))
  for (const { mountPoint } of [...mountsAtOrBelow(directory)].reverse())
    unmount(mountPoint, { detach: true })
  rmSync(directory, { recursive: true, force: true })
}

const makeLayerRequest = ({ directory }: Place, ports: Ports) => {
  return (archive: 'whole' | 'tampered' | 'missing'): UnpackRequest => {
    const name = ports.entropy.hex(8)
    const layer = tarBytes({ name: 'file', content: name })
    const request = archived(`${directory}/${name}.tar`, layer)
    if (archive === 'tampered') return { ...request, diff: diffId(sha256('something else')) }
    const source = { ...request.source, archive: `${directory}/no-such-archive.tar` }
    return archive === 'whole' ? request : { ...request, source }
  }
}

const makeBaseLayer = ({ directory }: Place, host: () => HostUnderContract) => {
  let committed: Promise<LayerId> | undefined
  const commit = async (): Promise<LayerId> => {
    const bytes = programLayer()
    const request = archived(`${directory}/base.tar`, bytes, layerId(sha256(bytes)))
    await valueOf(host(), host().ports.layer.unpack(request))
    return request.layer
  }
  return () => (committed ??= commit())
}

/** `runtime`: `crun` or `runc`. Needs root and conmon. */
export const realHost = async (runtime: string): Promise<RealHost> => {
  const place = newPlace()
  const { directory, layout, cgroupParent } = place
  const { ports, copies, close } = await openPorts(layout, cgroupParent, runtime)
  const wish: RealHost['wish'] = (given) => {
    const id = containerId(ports.entropy.hex(32))
    const ref = { id, runtime, attempt: 1, cgroupPath: `${cgroupParent}/${id}` }
    return bundleRequest({ ...given, ref })
  }
  const own: RealHost = {
    ...place,
    ports,
    wish,
    ask: (answer) => answer(),
    pass: (ms) => sleep(ms),
    newContainer: (program, user) =>
      wish({
        cmd: commandOf(program),
        ...(user === undefined ? {} : { user }),
        ...(program._tag === 'OutOfMemory' ? { memory: oomLimitBytes } : {}),
      }),
    begun,
    execArgs,
    baseLayer: makeBaseLayer(place, () => own),
    layerRequest: makeLayerRequest(place, ports),
    leave: {
      halfWritable: (id) => void mkdirSync(writableDirectory(layout, id), { recursive: true }),
      staging: (layer) =>
        void mkdirSync(`${layerStaging(layout, layer)}/diff`, { recursive: true }),
    },
    copyClient: (copy) =>
      copies.open(copy, {
        _tag: 'In',
        path: '/',
        source: { base: 'nothing', isDirectory: false },
        bytes: Readable.from([Buffer.alloc(1024)]),
        gone: new AbortController().signal,
      }),
    dispose: async () => {
      close()
      await clean({ directory, layout, cgroupParent })
    },
  }
  return own
}
