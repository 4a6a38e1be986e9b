/** How each errno of the effect table is provoked on a real host. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { sampleHost } from '../../domain/container/container-fixture.ts'
import { liveLimits } from '../../domain/container/limits.ts'
import { volumeName, type ProcessIdentity, type VolumeName } from '../../domain/identity.ts'
import type { Effect } from '../../domain/ports/effects.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import {
  containerDirectory,
  execDirectory,
  layerDirectory,
  rootfsMount,
  runDirectory,
  runtimeRoot,
  volumeDirectory,
  writableDirectory,
} from '../../domain/ports/layout.ts'
import { valueOf, deaf, exits, noSuchCommand } from './host-under-contract.ts'
import {
  boxOf,
  execExitOf,
  execRequest,
  mounted,
  newBox,
  prepared,
  type Box,
} from './container-life.ts'
import * as obstacle from './obstacles.ts'
import type { Undo } from './obstacles.ts'
import {
  behind,
  inside,
  noDescriptors,
  on,
  plain,
  rootFull,
  rootReadOnly,
  stateFull,
  stateReadOnly,
  type Provocation,
  type Scene,
} from './provocation.ts'

const createDirectory = async ({ host }: Scene): Promise<Effect> => ({
  _tag: 'CreateContainerDirectory',
  request: (await newBox(host, deaf)).bundle,
})
const createWritable = async ({ host }: Scene): Promise<Effect> => ({
  _tag: 'CreateWritableLayer',
  id: (await newBox(host, deaf)).id,
})
/** Its directories are there: only the files are new. */
const writeBundle = async ({ host }: Scene): Promise<Effect> => ({
  _tag: 'WriteBundle',
  request: (await prepared(host, deaf)).bundle,
})

const making: ReadonlyArray<Provocation> = [
  ...on('CreateContainerDirectory', {
    ENOSPC: behind(createDirectory, rootFull),
    EROFS: behind(createDirectory, rootReadOnly),
    EMFILE: behind(createDirectory, noDescriptors),
  }),
  ...on('CreateWritableLayer', {
    ENOSPC: behind(createWritable, rootFull),
    EROFS: behind(createWritable, rootReadOnly),
    EMFILE: behind(createWritable, noDescriptors),
  }),
  ...on('WriteBundle', {
    ENOSPC: behind(writeBundle, stateFull),
    EROFS: behind(writeBundle, stateReadOnly),
    EMFILE: behind(writeBundle, noDescriptors),
    EUSER: plain(async ({ host }) => {
      const request = host.newContainer(deaf, 'nobody-of-that-name')
      const box = boxOf(request, [await host.baseLayer()])
      await valueOf(host, host.ports.rootfs.createWritable(box.id))
      await valueOf(host, host.ports.rootfs.mount(box.mount))
      return { _tag: 'WriteBundle', request }
    }),
    EINVAL: plain(async ({ host }) => {
      const mounts = [{ Type: 'bind', Source: '/no-such-source', Target: '/mnt' }]
      return { _tag: 'WriteBundle', request: host.wish({ cmd: ['true'], mounts }) }
    }),
  }),
  ...on('MountRootfs', {
    ENOENT: plain(async ({ host }) => ({
      _tag: 'MountRootfs',
      request: (await newBox(host, deaf)).mount,
    })),
    // More layers than one page of options has room for.
    EINVAL: plain(async ({ host }) => {
      const { id, mount } = await newBox(host, deaf)
      await valueOf(host, host.ports.rootfs.createWritable(id))
      const layers = Array.from({ length: 600 }, () => mount.layers).flat()
      return { _tag: 'MountRootfs', request: { id, layers } }
    }),
    // The same directory twice among the lower ones.
    ELOOP: plain(async ({ host }) => {
      const { id, mount } = await newBox(host, deaf)
      await valueOf(host, host.ports.rootfs.createWritable(id))
      return { _tag: 'MountRootfs', request: { id, layers: [...mount.layers, ...mount.layers] } }
    }),
  }),
]

const running: ReadonlyArray<Provocation> = [
  ...on('LaunchProcess', {
    ERUNTIME: plain(async ({ host }) => ({
      _tag: 'LaunchProcess',
      request: (await prepared(host, noSuchCommand)).launch,
    })),
    EMONITOR: plain(async ({ host }) => ({
      _tag: 'LaunchProcess',
      request: (await newBox(host, deaf)).launch,
    })),
    EEXIST: plain(async (scene) => ({
      _tag: 'LaunchProcess',
      request: scene.running.box.launch,
    })),
    ENOSPC: behind(
      async ({ host }) => ({
        _tag: 'LaunchProcess',
        request: (await prepared(host, deaf)).launch,
      }),
      stateFull,
    ),
  }),
  ...on('StartProcess', {
    ERUNTIME: plain(async ({ host }) => ({
      _tag: 'StartProcess',
      ref: (await newBox(host, deaf)).ref,
    })),
  }),
  ...on('ExecProcess', {
    ERUNTIME: plain(async (s) => ({
      _tag: 'ExecProcess',
      request: execRequest(s.host, s.running.box, noSuchCommand),
    })),
    EUSER: plain(async (s) => {
      const request = execRequest(s.host, s.running.box, exits(0))
      const process = { ...request.process, user: 'nobody-of-that-name' }
      return { _tag: 'ExecProcess', request: { ...request, process } }
    }),
    EEXIST: plain(async (s) => {
      const request = execRequest(s.host, s.running.box, exits(0))
      await valueOf(s.host, s.host.ports.monitor.exec(request))
      return { _tag: 'ExecProcess', request }
    }),
    ENOENT: plain(async ({ host }) => {
      const box = await newBox(host, deaf)
      return { _tag: 'ExecProcess', request: execRequest(host, box, exits(0)) }
    }),
  }),
]

const signal = (process: ProcessIdentity, number: number): Effect => ({
  _tag: 'SignalProcess',
  process,
  signal: number,
})
const gone = ({ init }: Scene['running']): ProcessIdentity => ({ ...init, startTicks: 1 })
const absentRef = async ({ host }: Scene) => (await newBox(host, deaf)).ref
const foreignRef = async (scene: Scene) => ({ ...(await absentRef(scene)), cgroupPath: '/' })

const limited = (ref: ContainerRef): Effect => {
  const previous = liveLimits(sampleHost)
  return {
    _tag: 'UpdateCgroup',
    request: { ref, limits: { ...previous, CPUShares: 512 }, previous },
  }
}

const signals: ReadonlyArray<Provocation> = [
  ...on('SignalProcess', {
    ESRCH: plain(async (s) => signal(gone(s.running), 15)),
    EINVAL: plain(async (s) => signal(s.running.init, 65)),
    EMFILE: behind(async (s) => signal(s.running.init, 18), noDescriptors),
  }),
  ...on('KillProcess', {
    EMFILE: behind(async (s) => ({ _tag: 'KillProcess', process: gone(s.running) }), noDescriptors),
  }),
  ...on('FreezeCgroup', {
    ENOENT: plain(async (s) => ({ _tag: 'FreezeCgroup', ref: await absentRef(s) })),
    EINVAL: plain(async (s) => ({ _tag: 'FreezeCgroup', ref: await foreignRef(s) })),
    EMFILE: behind(async (s) => ({ _tag: 'FreezeCgroup', ref: s.running.box.ref }), noDescriptors),
  }),
  ...on('ThawCgroup', {
    EINVAL: plain(async (s) => ({ _tag: 'ThawCgroup', ref: await foreignRef(s) })),
    EMFILE: behind(async (s) => ({ _tag: 'ThawCgroup', ref: s.running.box.ref }), noDescriptors),
  }),
  ...on('UpdateCgroup', {
    ENOENT: plain(async (s) => limited(await absentRef(s))),
    EINVAL: plain(async (s) => limited(await foreignRef(s))),
    EMFILE: behind(async (s) => limited(s.running.box.ref), noDescriptors),
  }),
  ...on('KillCgroup', {
    EINVAL: plain(async (s) => ({ _tag: 'KillCgroup', ref: await foreignRef(s) })),
    EMFILE: behind(async (s) => ({ _tag: 'KillCgroup', ref: s.running.box.ref }), noDescriptors),
  }),
  ...on('RemoveCgroup', {
    EINVAL: plain(async (s) => ({ _tag: 'RemoveCgroup', ref: await foreignRef(s) })),
    EBUSY: plain(async (s) => ({ _tag: 'RemoveCgroup', ref: s.running.box.ref })),
    EMFILE: behind(async (s) => ({ _tag: 'RemoveCgroup', ref: s.running.box.ref }), noDescriptors),
  }),
]

/** The runtime finds a container that it cannot read. */
const garbledRuntime = async ({ host }: Scene): Promise<Effect> => {
  const { ref } = await newBox(host, deaf)
  const directory = `${runtimeRoot(host.layout, ref.runtime)}/${ref.id}`
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}/status`, 'no container')
  return { _tag: 'RemoveRuntimeContainer', ref }
}

const clearMonitor = async ({ host }: Scene): Promise<Effect> => ({
  _tag: 'ClearMonitor',
  ref: (await prepared(host, deaf)).ref,
})
const clearExec = async ({ host, running: { box } }: Scene): Promise<Effect> => {
  const request = execRequest(host, box, exits(0))
  await valueOf(host, host.ports.monitor.exec(request))
  await execExitOf(host, request)
  return { _tag: 'ClearExec', ref: box.ref, exec: request.exec }
}
const withoutMount = async ({ host }: Scene): Promise<Box> => {
  const box = await mounted(host, deaf)
  await valueOf(host, host.ports.rootfs.unmount(box.id))
  return box
}
const removeWritable = async (scene: Scene): Promise<Effect> => ({
  _tag: 'RemoveWritableLayer',
  id: (await withoutMount(scene)).id,
})
const removeDirectory = async ({ host }: Scene): Promise<Effect> => {
  const { bundle } = await newBox(host, deaf)
  await valueOf(host, host.ports.bundle.createDirectory(bundle))
  return { _tag: 'RemoveContainerDirectory', ref: bundle.ref }
}

const placeOf = ({ host: { layout } }: Scene, effect: Effect): string => {
  switch (effect._tag) {
    case 'RemoveRuntimeContainer':
      return `${runtimeRoot(layout, effect.ref.runtime)}/${effect.ref.id}`
    case 'ClearMonitor':
      return runDirectory(layout, effect.ref)
    case 'ClearExec':
      return execDirectory(layout, effect.ref, effect.exec)
    case 'RemoveWritableLayer':
      return writableDirectory(layout, effect.id)
    case 'RemoveContainerDirectory':
      return containerDirectory(layout, effect.ref)
    case 'RemoveLayer':
      return layerDirectory(layout, effect.layer)
    case 'RemoveVolume':
      return volumeDirectory(layout, effect.volume)
    default:
      throw new Error(`${effect._tag} has no place`)
  }
}
const mountBelow = (scene: Scene, effect: Effect): Undo =>
  obstacle.mountedBelow(placeOf(scene, effect), scene.host.directory)
const immutablePlace = (scene: Scene, effect: Effect): Undo =>
  obstacle.immutable(placeOf(scene, effect))
/** One file in it cannot be removed: Node then takes it for a directory, and says `ENOTDIR`. */
const immutableFile =
  (name: string) =>
  (scene: Scene, effect: Effect): Undo =>
    obstacle.immutable(`${placeOf(scene, effect)}/${name}`)

const removing: ReadonlyArray<Provocation> = [
  ...on('RemoveRuntimeContainer', { ERUNTIME: inside(garbledRuntime, immutablePlace) }),
  ...on('ClearMonitor', {
    EBUSY: inside(clearMonitor, mountBelow),
    EROFS: behind(clearMonitor, stateReadOnly),
    EPERM: inside(clearMonitor, immutablePlace),
    EMFILE: behind(clearMonitor, noDescriptors),
  }),
  ...on('ClearExec', {
    EBUSY: inside(clearExec, mountBelow),
    EROFS: behind(clearExec, stateReadOnly),
    ENOTDIR: inside(clearExec, immutableFile('launch.json')),
  }),
  ...on('UnmountRootfs', {
    EBUSY: async ({ host }) => {
      const { id } = await mounted(host, deaf)
      const undo = obstacle.heldOpen(`${rootfsMount(host.layout, id)}/bin/busybox`)
      return { effect: { _tag: 'UnmountRootfs', id }, undo }
    },
  }),
  ...on('RemoveWritableLayer', {
    EBUSY: inside(removeWritable, mountBelow),
    EROFS: behind(removeWritable, rootReadOnly),
    EPERM: inside(removeWritable, immutablePlace),
  }),
  ...on('RemoveContainerDirectory', {
    EBUSY: inside(removeDirectory, mountBelow),
    EROFS: behind(removeDirectory, rootReadOnly),
    ENOTDIR: inside(removeDirectory, immutableFile('hosts')),
    EMFILE: behind(removeDirectory, noDescriptors),
  }),
]

const unpack = async ({ host }: Scene): Promise<Effect> => ({
  _tag: 'UnpackLayer',
  request: host.layerRequest('whole'),
})
const removeLayer = async ({ host }: Scene): Promise<Effect> => {
  const request = host.layerRequest('whole')
  await valueOf(host, host.ports.layer.unpack(request))
  return { _tag: 'RemoveLayer', layer: request.layer }
}

const layers: ReadonlyArray<Provocation> = [
  ...on('UnpackLayer', {
    ENOSPC: behind(unpack, rootFull),
    EROFS: behind(unpack, rootReadOnly),
    EMFILE: behind(unpack, noDescriptors),
    EPERM: behind(unpack, ({ host }) => obstacle.immutable(`${host.layout.root}/storage/staging`)),
    ENOENT: plain(async ({ host }) => ({
      _tag: 'UnpackLayer',
      request: host.layerRequest('missing'),
    })),
    EVERIFY: plain(async ({ host }) => ({
      _tag: 'UnpackLayer',
      request: host.layerRequest('tampered'),
    })),
    EINVAL: plain(async ({ host }) => {
      const request = host.layerRequest('whole')
      const source = { ...request.source, entry: 'no-such-entry' }
      return { _tag: 'UnpackLayer', request: { ...request, source } }
    }),
  }),
  ...on('RemoveLayer', {
    EBUSY: inside(removeLayer, mountBelow),
    EROFS: behind(removeLayer, rootReadOnly),
    EPERM: inside(removeLayer, immutablePlace),
  }),
]

let volumesMade = 0
const newVolume = (): VolumeName => volumeName(`provoked-${(volumesMade += 1)}`)

const createVolume = async (): Promise<Effect> => ({
  _tag: 'CreateVolume',
  request: { volume: newVolume(), fill: null },
})

const removeVolume = async ({ host }: Scene): Promise<Effect> => {
  const volume = newVolume()
  await valueOf(host, host.ports.volume.create({ volume, fill: null }))
  return { _tag: 'RemoveVolume', volume }
}

const volumes: ReadonlyArray<Provocation> = [
  ...on('CreateVolume', {
    ENOSPC: behind(createVolume, rootFull),
    EROFS: behind(createVolume, rootReadOnly),
    EMFILE: behind(createVolume, noDescriptors),
    ENOENT: plain(async ({ host }) => ({
      _tag: 'CreateVolume',
      request: {
        volume: newVolume(),
        fill: { layers: [host.layerRequest('missing').layer], path: '/' },
      },
    })),
  }),
  ...on('RemoveVolume', {
    EBUSY: inside(removeVolume, mountBelow),
    EROFS: behind(removeVolume, rootReadOnly),
    EPERM: inside(removeVolume, immutablePlace),
  }),
]

export const provocations: ReadonlyArray<Provocation> = [
  ...volumes,
  ...making,
  ...running,
  ...signals,
  ...removing,
  ...layers,
]
