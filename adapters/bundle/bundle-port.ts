/** BundlePort on the real host: container directories, and the OCI bundle of each incarnation. */
import { statSync } from 'node:fs'
import { access, mkdir, realpath, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { ProcessConfig } from '../../domain/container/config.ts'
import { buildSpec, effectiveHostname, type BuiltSpec } from '../../domain/oci/build-spec.ts'
import type { AccountFiles, HostFacts, NetworkFiles } from '../../domain/oci/host-facts.ts'
import { userBinds } from '../../domain/oci/mounts.ts'
import type { OciSpec } from '../../domain/oci/spec.ts'
import { exactJson } from '../../domain/oci/uint64-json.ts'
import { answering, notApplied } from '../../domain/ports/answer.ts'
import {
  bundleDirectory,
  containerDirectory,
  rootfsMount,
  stateDirectory,
  volumeData,
  type ContainerRef,
  type Layout,
} from '../../domain/ports/layout.ts'
import type { BundlePort, BundleRequest } from '../../domain/ports/storage-ports.ts'
import { EffectFailure } from '../errors/effect-failure.ts'
import { isMissing } from '../errors/errno.ts'
import { makeDurableDirectory, replaceFile, syncDirectory } from '../files/durable.ts'
import { readInside } from '../files/rooted-file.ts'
import { gatherHostFacts, type WantedFacts } from '../host/host-facts.ts'
import { mountsAtOrBelow } from '../kernel/mountinfo.ts'
import { classify } from './bundle-errors.ts'
import { mergeEnv } from '../../domain/container/validate/environment.ts'
import { joinedNamespaces } from './joined-namespaces.ts'
import { mappedDevices } from './mapped-devices.ts'
import { hostFile, networkFileContents } from './network-files.ts'
import { readSecrets, removeSecrets } from './secret-files.ts'

export interface BundleOptions {
  readonly layout: Layout
  /** Told what a container gets less than it asked for. */
  readonly warn: (id: string, warnings: ReadonlyArray<string>) => void
  /** Replaced in tests; this host's facts by default. */
  readonly facts?: (wanted: WantedFacts) => Promise<HostFacts>
}

const networkFiles = (directory: string): NetworkFiles => ({
  hosts: `${directory}/hosts`,
  hostname: `${directory}/hostname`,
  resolvConf: `${directory}/resolv.conf`,
})

const refusal = (errno: string, text: string): EffectFailure =>
  new EffectFailure(notApplied(errno, text))

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** An empty file is what a power cut leaves of one: it is a projection and written anew (M-02). */
const isWhole = (path: string): boolean =>
  (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0

/** Files that are there stay as they are: a running container may have them mounted. */
const ensureDirectory = async (layout: Layout, request: BundleRequest): Promise<NetworkFiles> => {
  const directory = containerDirectory(layout, request.ref)
  const files = networkFiles(directory)
  await makeDurableDirectory(directory, 0o700)
  const contents = await networkFileContents({
    files,
    hostname: effectiveHostname(request.host, request.process.Hostname, hostname()),
    host: request.host,
  })
  for (const file of contents) if (!isWhole(file.path)) await replaceFile(file)
  return files
}

/** SYS-ROOTFS-03, SYS-ROOTFS-04. */
const checkRootfs = async (path: string): Promise<void> => {
  if (path === '') return
  if (!(await exists(path))) throw refusal('EINVAL', `Failed to get rootfs '${path}'`)
  const found = await stat(path)
  if (!found.isDirectory() && !found.isBlockDevice())
    throw refusal('EINVAL', `rootfs '${path}' is neither a directory nor a block device`)
}

/** What is missing is said at once, not only at the start. */
const createDirectory = async (layout: Layout, request: BundleRequest): Promise<void> => {
  await mappedDevices(request.host.Devices)
  await checkRootfs(request.host.ExternalRootfs)
  await ensureDirectory(layout, request)
}

/** A missing source of `-v` is made, as users of Docker expect; one of `--mount` is refused. */
const prepareSources = async ({ host }: BundleRequest): Promise<void> => {
  const volumes = userBinds({ ...host, Mounts: [] })
  const mounts = userBinds({ ...host, Binds: [] })
  if (E.isRight(mounts))
    for (const { Source } of mounts.right)
      if (!(await exists(Source)))
        throw refusal('EINVAL', `bind source path does not exist: ${Source}`)
  if (E.isRight(volumes))
    for (const { Source } of volumes.right)
      if (!(await exists(Source))) await mkdir(Source, { recursive: true, mode: 0o755 })
}

/** What `--user` became, where upstream keeps it (CLI-USER-04, STORE-FS-11). */
const writeUser = (directory: string, { user }: BuiltSpec): Promise<void> =>
  replaceFile({
    path: `${directory}/start_generate_config.json`,
    content: exactJson({ uid: user.uid, gid: user.gid, additionalGids: user.additionalGids }),
    mode: 0o600,
    durable: false,
  })

/** CLI-USER-01: of the image; for a root file system of the user's those of the host. */
const accountsOf = async (rootfs: string, external: boolean): Promise<AccountFiles> =>
  external
    ? { passwd: await hostFile('/etc/passwd'), group: await hostFile('/etc/group') }
    : {
        passwd: await readInside(rootfs, 'etc/passwd'),
        group: await readInside(rootfs, 'etc/group'),
      }

/** Where upstream keeps it for scripts to read: what is secret stays with the process. */
const withoutSecrets = (spec: OciSpec, { SecretEnv }: ProcessConfig): OciSpec => ({
  ...spec,
  process: {
    ...spec.process,
    env: spec.process.env.filter((entry) => !SecretEnv.includes(entry.split('=')[0] ?? '')),
  },
})

const writeBundle = async (options: BundleOptions, request: BundleRequest): Promise<void> => {
  const { layout, facts = gatherHostFacts, warn } = options
  const { ref, host, process, storage } = request
  const files = await ensureDirectory(layout, request)
  const rootfs = rootfsMount(layout, ref.id)
  const secrets = process.SecretEnv.length === 0 ? [] : await readSecrets(layout, ref.id)
  const built = buildSpec({
    host,
    process: { ...process, Env: mergeEnv(process.Env, secrets) },
    storage,
    volumeData: (volume) => volumeData(layout, volume),
    rootfs,
    cgroupPath: ref.cgroupPath,
    facts: await facts({ devices: host.Privileged }),
    accounts: await accountsOf(rootfs, host.ExternalRootfs !== ''),
    files,
    devices: await mappedDevices(host.Devices),
    joined: joinedNamespaces(host, request.joins ?? []),
  })
  if (E.isLeft(built)) throw refusal(built.left.errno, built.left.message)
  await prepareSources(request)
  const bundle = bundleDirectory(layout, ref)
  await mkdir(bundle, { recursive: true, mode: 0o700 })
  await writeUser(containerDirectory(layout, ref), built.right)
  const content = exactJson(built.right.spec)
  await replaceFile({
    path: `${containerDirectory(layout, ref)}/config.json`,
    content: secrets.length === 0 ? content : exactJson(withoutSecrets(built.right.spec, process)),
    mode: 0o600,
    durable: false,
  })
  await replaceFile({
    path: `${bundle}/config.json`,
    content,
    mode: 0o600,
    // The state directory holds what a reboot may take away.
    durable: false,
  })
  if (built.right.warnings.length > 0) warn(ref.id, built.right.warnings)
}

/** Never deletes through a mount: what is mounted below belongs to somebody else. */
const removeTree = async (path: string): Promise<void> => {
  // The mount table has no symbolic links (`/var/run`).
  const [inside] = (await exists(path)) ? mountsAtOrBelow(await realpath(path)) : []
  if (inside !== undefined)
    throw refusal('EBUSY', `${inside.mountPoint} is a mount point below ${path}`)
  await rm(path, { recursive: true, force: true })
  const parent = dirname(path)
  if (await exists(parent)) await syncDirectory(parent)
}

const removeDirectory = async (layout: Layout, ref: ContainerRef): Promise<void> => {
  await removeTree(stateDirectory(layout, ref))
  await removeTree(containerDirectory(layout, ref))
  await removeSecrets(layout, ref.id)
}

/** The root file system must be mounted when a bundle is written: users are looked up in it. */
export const bundlePort = (options: BundleOptions): BundlePort => ({
  createDirectory: (request) => answering(() => createDirectory(options.layout, request), classify),
  removeDirectory: (ref) => answering(() => removeDirectory(options.layout, ref), classify),
  writeBundle: (request) => answering(() => writeBundle(options, request), classify),
})
