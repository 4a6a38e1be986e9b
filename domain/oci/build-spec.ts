/** From a container's configuration and facts of the host to its OCI `config.json`. Pure. */
import * as E from 'fp-ts/lib/Either.js'
import type { HostConfig, ProcessConfig } from '../container/config.ts'
import type { ContainerStorage } from '../container/storage.ts'
import { defaultPath, hasVariable } from '../container/validate/environment.ts'
import { cleanPath } from '../container/validate/paths.ts'
import type { VolumeName } from '../identity.ts'
import { grantCapabilities, type GrantedCapabilities } from './capabilities.ts'
import { containerDevices } from './devices.ts'
import { maskedPaths, readonlyPaths } from './hidden-paths.ts'
import type { AccountFiles, HostFacts, MappedDevice, NetworkFiles } from './host-facts.ts'
import { buildMounts, type BuiltMounts } from './mounts.ts'
import { buildNamespaces, hasOwnUts, type JoinedNamespaces } from './namespaces.ts'
import { buildResources, type BuiltResources } from './resources.ts'
import { buildRlimits, type BuiltRlimits } from './rlimits.ts'
import { buildSecurity, type Security } from './security.ts'
import {
  specRefusal,
  type OciNamespace,
  type OciProcess,
  type OciSpec,
  type SpecRefusal,
} from './spec.ts'
import { resolveUser, type ResolvedUser } from './user.ts'

export interface SpecInput {
  readonly host: HostConfig
  readonly process: ProcessConfig
  readonly storage: ContainerStorage
  /** The directory of a volume that containers see. */
  readonly volumeData: (volume: VolumeName) => string
  /** Absolute path of the mounted root file system. */
  readonly rootfs: string
  /** Absolute below each hierarchy's mount (host.md 0). */
  readonly cgroupPath: string
  readonly facts: HostFacts
  readonly accounts: AccountFiles
  readonly files: NetworkFiles
  /** What `--device` stands for on this host. */
  readonly devices: ReadonlyArray<MappedDevice>
  /** Namespaces of other containers. */
  readonly joined: JoinedNamespaces
}

export interface BuiltSpec {
  readonly spec: OciSpec
  readonly user: ResolvedUser
  /** What was given less than asked, for the daemon's log. */
  readonly warnings: ReadonlyArray<string>
}

interface Parts {
  readonly user: ResolvedUser
  readonly capabilities: GrantedCapabilities
  readonly mounts: BuiltMounts
  readonly resources: BuiltResources
  readonly rlimits: BuiltRlimits
  readonly security: Security
  readonly namespaces: ReadonlyArray<OciNamespace>
}

/** RES-NS-07: `localhost` unless given; a container in the host's network has the host's name. */
export const effectiveHostname = (
  { NetworkMode, UTSMode }: Pick<HostConfig, 'NetworkMode' | 'UTSMode'>,
  hostname: string,
  hostsOwn: string,
): string =>
  hostname !== '' && UTSMode !== 'host'
    ? hostname
    : NetworkMode === 'host' || UTSMode === 'host'
      ? hostsOwn
      : 'localhost'

const buildEnv = (
  process: ProcessConfig,
  hostname: string,
  home: string,
): ReadonlyArray<string> => {
  const unlessGiven = (name: string, entry: string): ReadonlyArray<string> =>
    hasVariable(process.Env, name) ? [] : [entry]
  return [
    ...unlessGiven('PATH', defaultPath),
    ...unlessGiven('HOSTNAME', `HOSTNAME=${hostname}`),
    ...(process.Tty ? unlessGiven('TERM', 'TERM=xterm') : []),
    ...process.Env,
    ...unlessGiven('HOME', `HOME=${home}`),
  ]
}

const buildProcess = (input: SpecInput, parts: Parts): E.Either<SpecRefusal, OciProcess> => {
  const { process } = input
  const args = [...process.Entrypoint, ...process.Cmd]
  if (args.length === 0) return E.left(specRefusal('EINVAL', 'No command specified'))
  const cwd = process.WorkingDir === '' ? '/' : cleanPath(process.WorkingDir)
  if (cwd === undefined)
    return E.left(
      specRefusal('EINVAL', `working directory "${process.WorkingDir}" is not an absolute path`),
    )
  const hostname = effectiveHostname(input.host, process.Hostname, input.facts.hostname)
  const { granted } = parts.capabilities
  const { uid, gid, additionalGids, home } = parts.user
  return E.right({
    terminal: process.Tty,
    user: { uid, gid, umask: process.Umask, additionalGids },
    args,
    env: buildEnv(process, hostname, home),
    cwd,
    // Nothing is inheritable: else a file with inheritable capabilities would raise any user.
    capabilities: {
      bounding: granted,
      effective: granted,
      permitted: granted,
      inheritable: [],
      ambient: [],
    },
    rlimits: parts.rlimits.rlimits,
    noNewPrivileges: parts.security.noNewPrivileges,
    ...(input.host.OomScoreAdj === 0 ? {} : { oomScoreAdj: input.host.OomScoreAdj }),
  })
}

const buildParts = (input: SpecInput): E.Either<SpecRefusal, Parts> => {
  const { host, facts } = input
  const user = resolveUser(input.process.User, input.accounts, host.GroupAdd)
  if (E.isLeft(user)) return user
  const capabilities = grantCapabilities({
    privileged: host.Privileged,
    add: host.CapAdd,
    drop: host.CapDrop,
    available: facts.capabilities,
  })
  if (E.isLeft(capabilities))
    return E.left(specRefusal('EINVAL', `unknown capability "${capabilities.left}"`))
  const { cgroupMode, mounts: hostMounts } = facts
  const mounts = buildMounts({ ...input, cgroupMode, hostMounts })
  if (E.isLeft(mounts)) return mounts
  const rlimits = buildRlimits(host.Ulimits, facts.hardRlimits)
  if (E.isLeft(rlimits)) return rlimits
  const security = buildSecurity(host, facts.seccomp, capabilities.right.granted)
  if (E.isLeft(security)) return security
  const namespaces = buildNamespaces(host, cgroupMode, input.joined)
  if (E.isLeft(namespaces)) return namespaces
  return E.right({
    user: user.right,
    capabilities: capabilities.right,
    mounts: mounts.right,
    resources: buildResources(host, facts, input.devices),
    rlimits: rlimits.right,
    security: security.right,
    namespaces: namespaces.right,
  })
}

const withheldWarning = ({ withheld }: GrantedCapabilities): ReadonlyArray<string> =>
  withheld.length === 0
    ? []
    : [`this daemon cannot give ${withheld.join(', ')}: not in its own bounding set`]

const buildLinux = (input: SpecInput, parts: Parts): OciSpec['linux'] => {
  const { host, facts } = input
  const { rootfsPropagation } = parts.mounts
  const { seccomp } = parts.security
  return {
    resources: parts.resources.resources,
    cgroupsPath: input.cgroupPath,
    namespaces: parts.namespaces,
    devices: containerDevices(host.Privileged ? facts.devices : [], input.devices),
    maskedPaths: host.Privileged ? [] : maskedPaths,
    readonlyPaths: host.Privileged ? [] : readonlyPaths,
    ...(rootfsPropagation === undefined ? {} : { rootfsPropagation }),
    ...(Object.keys(host.Sysctls).length === 0 ? {} : { sysctl: host.Sysctls }),
    ...(seccomp === undefined ? {} : { seccomp }),
  }
}

/** Refuses what the runtime could not meet; clamps, with a warning, what the daemon cannot give. */
export const buildSpec = (input: SpecInput): E.Either<SpecRefusal, BuiltSpec> => {
  const parts = buildParts(input)
  if (E.isLeft(parts)) return parts
  const process = buildProcess(input, parts.right)
  if (E.isLeft(process)) return process
  if (!input.cgroupPath.startsWith('/'))
    return E.left(specRefusal('EINVAL', `cgroup path "${input.cgroupPath}" is not absolute`))
  const { host } = input
  const { user, capabilities, mounts, resources, rlimits, security } = parts.right
  return E.right({
    spec: {
      ociVersion: '1.0.2',
      process: process.right,
      root: { path: input.rootfs, readonly: host.ReadonlyRootfs },
      ...(hasOwnUts(input.host)
        ? { hostname: effectiveHostname(host, input.process.Hostname, input.facts.hostname) }
        : {}),
      mounts: mounts.mounts,
      annotations: input.process.Annotations,
      linux: buildLinux(input, parts.right),
    },
    user,
    warnings: [
      ...withheldWarning(capabilities),
      ...resources.warnings,
      ...rlimits.warnings,
      ...security.warnings,
    ],
  })
}
