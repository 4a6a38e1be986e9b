/** Gathers what the spec builder and the create checks must know of this host. */
import { access, readdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { parseCpuList } from '../../domain/container/validate/cpu.ts'
import { capabilitiesOfMask } from '../../domain/oci/capabilities.ts'
import type { HostFacts } from '../../domain/oci/host-facts.ts'
import { controllerDirectory, detectCgroups, type CgroupHost } from '../cgroups/hierarchies.ts'
import { readMounts } from '../kernel/mountinfo.ts'
import {
  lastCapability,
  parseCapabilities,
  parseLimits,
  type CapabilitySet,
} from '../kernel/own-limits.ts'
import { hostDevices } from './device-nodes.ts'

const text = (path: string): Promise<string> => readFile(path, 'utf8')

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Numbers of the cpus that are online (RES-VAL-02). */
export const onlineCpus = async (): Promise<ReadonlyArray<number>> => {
  const list = (await text('/sys/devices/system/cpu/online')).trim()
  const cpus = parseCpuList(list)
  if (cpus === undefined) throw new Error(`cannot read the list of online cpus "${list}"`)
  return cpus
}

const ownGroup = async (): Promise<string> =>
  /^0::(\/.*)$/m.exec(await text('/proc/self/cgroup'))?.[1] ?? '/'

/**
 * The root of a unified hierarchy has no limits of its own (cgroup v2 documentation, "memory"): a
 * child with the controller tells. Without one the kernel's default counts, which is to account.
 */
const anyChildLimitsSwap = async (root: string): Promise<boolean> => {
  const entries = await readdir(root, { withFileTypes: true })
  for (const { name } of entries.filter((entry) => entry.isDirectory()))
    if (await exists(`${root}/${name}/memory.max`)) return exists(`${root}/${name}/memory.swap.max`)
  return true
}

/** Swap accounting can be switched off at boot; the control file is missing then. */
const canLimitSwap = async (host: CgroupHost): Promise<boolean> => {
  if (host.mode !== 'v2') {
    const memory = controllerDirectory(host, 'memory', '')
    return memory !== undefined && exists(`${memory}/memory.memsw.limit_in_bytes`)
  }
  const own = await ownGroup()
  const memory = controllerDirectory(host, 'memory', own)
  if (memory === undefined) return false
  return own === '/' ? anyChildLimitsSwap(memory) : exists(`${memory}/memory.swap.max`)
}

const mask = (status: string, set: CapabilitySet): bigint => parseCapabilities(status, set) ?? 0n

const sysResource = 1n << 24n

/** Finite hard limits of a /proc/<pid>/limits text by `RLIMIT_*` name. */
export const hardLimits = (limits: string): Readonly<Record<string, bigint>> =>
  Object.fromEntries(
    [...parseLimits(limits)].flatMap(([name, { hard }]) =>
      hard === 'unlimited' ? [] : [[name, hard]],
    ),
  )

/** With CAP_SYS_RESOURCE only the kernel's own ceiling of open files remains. */
const ceilings = async (status: string): Promise<Readonly<Record<string, bigint>>> =>
  (mask(status, 'CapEff') & sysResource) !== 0n
    ? { RLIMIT_NOFILE: BigInt((await text('/proc/sys/fs/nr_open')).trim()) }
    : hardLimits(await text('/proc/self/limits'))

const defaultProfilePath = '/etc/isulad/seccomp_default.json'

/** The host's own profile is read at every start: a change of it counts (SEC-SECCOMP-03). */
const seccompFacts = async (status: string): Promise<HostFacts['seccomp']> => ({
  supported: /^Seccomp:/m.test(status),
  architecture: process.arch,
  profile: (await exists(defaultProfilePath)) ? await text(defaultProfilePath) : null,
})

export interface WantedFacts {
  /** Whether /dev is walked: for privileged containers. */
  readonly devices: boolean
}

/** Rejects with the errno of a /proc or /sys file that cannot be read. */
export const gatherHostFacts = async ({ devices }: WantedFacts): Promise<HostFacts> => {
  const status = await text('/proc/self/status')
  const mounts = readMounts()
  const cgroups = detectCgroups(mounts)
  return {
    capabilities: capabilitiesOfMask(mask(status, 'CapBnd'), lastCapability()),
    hardRlimits: await ceilings(status),
    cgroupMode: cgroups.mode,
    swapLimit: await canLimitSwap(cgroups),
    hostname: hostname(),
    seccomp: await seccompFacts(status),
    mounts: mounts.map(({ mountPoint, ...mount }) => ({ ...mount, point: mountPoint })),
    devices: devices ? await hostDevices() : [],
  }
}
