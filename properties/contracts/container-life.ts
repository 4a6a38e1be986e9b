/** The steps of one container's life, as the engine takes them. */
import { execId, type ContainerId, type ExecId, type LayerId } from '../../domain/identity.ts'
import type { KnownExit } from '../../domain/ports/exit-record.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import type {
  ExecRequest,
  Launched,
  LaunchObservation,
  LaunchRequest,
} from '../../domain/ports/process-ports.ts'
import type { BundleRequest, MountRequest } from '../../domain/ports/storage-ports.ts'
import {
  said,
  until,
  valueOf,
  type HostUnderContract,
  type Program,
} from './host-under-contract.ts'

export interface Box {
  readonly id: ContainerId
  readonly ref: ContainerRef
  readonly bundle: BundleRequest
  readonly mount: MountRequest
  readonly launch: LaunchRequest
}

export const boxOf = (bundle: BundleRequest, layers: ReadonlyArray<LayerId>): Box => ({
  id: bundle.ref.id,
  ref: bundle.ref,
  bundle,
  mount: { id: bundle.ref.id, layers },
  launch: { ref: bundle.ref, terminal: false, openStdin: false, name: bundle.name },
})

/** Names only: nothing of it is on the host yet. */
export const newBox = async (host: HostUnderContract, program: Program): Promise<Box> =>
  boxOf(host.newContainer(program), [await host.baseLayer()])

/** Directory, writable layer and mount. */
export const mounted = async (host: HostUnderContract, program: Program): Promise<Box> => {
  const box = await newBox(host, program)
  const { bundle, rootfs } = host.ports
  await valueOf(host, bundle.createDirectory(box.bundle))
  await valueOf(host, rootfs.createWritable(box.id))
  await valueOf(host, rootfs.mount(box.mount))
  return box
}

/** Everything that a launch needs. */
export const prepared = async (host: HostUnderContract, program: Program): Promise<Box> => {
  const box = await mounted(host, program)
  await valueOf(host, host.ports.bundle.writeBundle(box.bundle))
  return box
}

export interface Launch extends Launched {
  readonly box: Box
}

/** Its init waits for `start`. */
export const created = async (host: HostUnderContract, program: Program): Promise<Launch> => {
  const box = await prepared(host, program)
  return { box, ...(await valueOf(host, host.ports.monitor.launch(box.launch))) }
}

export const started = async (host: HostUnderContract, program: Program): Promise<Launch> => {
  const launch = await created(host, program)
  await valueOf(host, host.ports.runtime.start(launch.box.ref))
  await host.begun(launch.init)
  return launch
}

export const seen = (host: HostUnderContract, { ref }: Box): Promise<LaunchObservation> =>
  valueOf(host, host.ports.monitor.observe(ref))

/** The exit record of the container, once it is written. */
export const exitOf = (host: HostUnderContract, box: Box): Promise<KnownExit> =>
  until(host, 'an exit record', async () => (await seen(host, box)).exit)

/** SIGTERM until it is heard: a real program installs its handler some time after its start. */
export const terminated = (host: HostUnderContract, { box, init }: Launch): Promise<KnownExit> =>
  until(host, 'an end by SIGTERM', async () => {
    const { exit } = await seen(host, box)
    if (exit === undefined) await said(host, host.ports.process.signal(init, 15))
    return exit
  })

export const execRequest = (
  host: HostUnderContract,
  box: Box,
  program: Program,
): ExecRequest & { readonly exec: ExecId } => ({
  ref: box.ref,
  exec: execId(host.ports.entropy.hex(32)),
  process: {
    args: host.execArgs(program),
    env: [],
    user: '',
    workingDir: '',
    terminal: false,
    openStdin: false,
  },
})

export const seenExec = (
  host: HostUnderContract,
  { ref, exec }: ExecRequest,
): Promise<LaunchObservation> => valueOf(host, host.ports.monitor.observeExec(ref, exec))

export const execExitOf = (host: HostUnderContract, request: ExecRequest): Promise<KnownExit> =>
  until(host, 'the exit record of an exec', async () => (await seenExec(host, request)).exit)

/** The processes go first, then what they stood on: the order of a release and a removal. */
export const removed = async (host: HostUnderContract, { ref }: Box): Promise<void> => {
  const { cgroup, runtime, monitor, rootfs, bundle } = host.ports
  await valueOf(host, cgroup.killAll(ref))
  await valueOf(host, runtime.remove(ref))
  await valueOf(host, monitor.clear(ref))
  await valueOf(host, cgroup.remove(ref))
  await valueOf(host, rootfs.unmount(ref.id))
  await valueOf(host, rootfs.removeWritable(ref.id))
  await valueOf(host, bundle.removeDirectory(ref))
}
