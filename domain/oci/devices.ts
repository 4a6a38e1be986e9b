/** Devices that a container may reach: the default cgroup rules, and the host's for privileged. */
import * as E from 'fp-ts/lib/Either.js'
import type { HostConfig } from '../container/config.ts'
import { parseDeviceRule } from '../container/validate/device.ts'
import type { HostDevice, MappedDevice } from './host-facts.ts'
import type { OciDevice, OciDeviceRule } from './spec.ts'

const denyAll: OciDeviceRule = { allow: false, access: 'rwm' }

const characters = (major: number, minor: number): OciDeviceRule => ({
  allow: true,
  type: 'c',
  major,
  minor,
  access: 'rwm',
})

/**
 * The list that Docker gives: any node may be made but not opened; null, zero, full, tty, random,
 * urandom, console, ptmx and pseudo terminals may be used.
 */
export const defaultDeviceRules: ReadonlyArray<OciDeviceRule> = [
  denyAll,
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'b', access: 'm' },
  characters(1, 3),
  characters(1, 5),
  characters(1, 7),
  characters(1, 8),
  characters(1, 9),
  characters(5, 0),
  characters(5, 1),
  characters(5, 2),
  { allow: true, type: 'c', major: 136, access: 'rwm' },
]

/** PRIV-MODE-03: freed from the device cgroup's restrictions. */
export const privilegedDeviceRules: ReadonlyArray<OciDeviceRule> = [{ allow: true, access: 'rwm' }]

const ofRule = (text: string): ReadonlyArray<OciDeviceRule> => {
  const rule = parseDeviceRule(text)
  if (E.isLeft(rule)) return []
  const { type, major, minor, access } = rule.right
  return [
    {
      allow: true,
      type,
      ...(major === undefined ? {} : { major }),
      ...(minor === undefined ? {} : { minor }),
      access,
    },
  ]
}

/** The default list, then what `--device` and `--device-cgroup-rule` add (CLI-CR-08). */
export const deviceRules = (
  host: Pick<HostConfig, 'Privileged' | 'DeviceCgroupRules'>,
  mapped: ReadonlyArray<MappedDevice>,
): ReadonlyArray<OciDeviceRule> =>
  host.Privileged
    ? privilegedDeviceRules
    : [
        ...defaultDeviceRules,
        ...mapped.map(({ type, major, minor, access }) => ({
          allow: true,
          type,
          major,
          minor,
          access,
        })),
        ...host.DeviceCgroupRules.flatMap(ofRule),
      ]

/** The OCI runtime makes these itself, in every container (runtime-spec, default devices). */
const madeByRuntime: ReadonlyArray<string> = [
  '/dev/null',
  '/dev/zero',
  '/dev/full',
  '/dev/random',
  '/dev/urandom',
  '/dev/tty',
  '/dev/console',
  '/dev/ptmx',
]

const nodeOf = ({ path, type, major, minor, fileMode, uid, gid }: HostDevice): OciDevice => ({
  path,
  type,
  major,
  minor,
  fileMode,
  uid,
  gid,
})

export const privilegedDevices = (host: ReadonlyArray<HostDevice>): ReadonlyArray<OciDevice> =>
  host.filter((device) => !madeByRuntime.includes(device.path)).map(nodeOf)

/** The nodes in the container's /dev; of two at one path the mapped one counts. */
export const containerDevices = (
  host: ReadonlyArray<HostDevice>,
  mapped: ReadonlyArray<MappedDevice>,
): ReadonlyArray<OciDevice> => [
  ...new Map(
    [...privilegedDevices(host), ...mapped.map(nodeOf)].map((node) => [node.path, node]),
  ).values(),
]
