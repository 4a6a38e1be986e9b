/** `--device` and `--device-cgroup-rule`. */
import * as E from 'fp-ts/lib/Either.js'
import type { DeviceMapping } from '../host-options.ts'
import { cleanPath } from './paths.ts'
import { refuse, type Checked } from './refusal.ts'

const isAccess = (text: string): boolean =>
  /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length

/** Also what a client may send without `PathInContainer` or `CgroupPermissions`. */
export const checkDevice = (device: DeviceMapping): Checked<DeviceMapping> => {
  const field = 'HostConfig.Devices'
  const { PathOnHost, CgroupPermissions } = device
  const host = cleanPath(PathOnHost)
  if (host === undefined || host === '/')
    return refuse(field, `Invalid device "${PathOnHost}": want an absolute path on the host`)
  const inside = device.PathInContainer === '' ? host : cleanPath(device.PathInContainer)
  if (inside === undefined || inside === '/')
    return refuse(
      field,
      `Invalid path in the container "${device.PathInContainer}" of device "${PathOnHost}": ` +
        'want an absolute path',
    )
  const access = CgroupPermissions === '' ? 'rwm' : CgroupPermissions
  return isAccess(access)
    ? E.right({ PathOnHost: host, PathInContainer: inside, CgroupPermissions: access })
    : refuse(
        field,
        `Invalid permissions "${CgroupPermissions}" of device "${PathOnHost}": want letters of rwm`,
      )
}

/** `host[:container[:permissions]]` or `host:permissions` (CLI-CR-08). */
export const parseDevice = (text: string): Checked<DeviceMapping> => {
  const [PathOnHost = '', second = '', third, ...rest] = text.split(':')
  if (rest.length > 0)
    return refuse(
      'HostConfig.Devices',
      `Invalid device "${text}": want HOST[:CONTAINER[:PERMISSIONS]]`,
    )
  return third === undefined && isAccess(second)
    ? checkDevice({ PathOnHost, PathInContainer: '', CgroupPermissions: second })
    : checkDevice({ PathOnHost, PathInContainer: second, CgroupPermissions: third ?? '' })
}

export interface DeviceRule {
  readonly type: 'a' | 'b' | 'c'
  /** Undefined: any. */
  readonly major: number | undefined
  readonly minor: number | undefined
  readonly access: string
}

const number = (text: string | undefined): number | undefined =>
  text === undefined || text === '*' ? undefined : Number(text)

/** As in the `devices.allow` file: `c 10:200 rwm`, `b 8:* r`, `a *:* rwm`. */
export const parseDeviceRule = (text: string): Checked<DeviceRule> => {
  const match = /^([abc]) (\d{1,4}|\*):(\d{1,7}|\*) ([rwm]{1,3})$/.exec(text)
  const [, kind, major, minor, access = ''] = match ?? []
  const type = kind === 'a' || kind === 'b' || kind === 'c' ? kind : undefined
  return type === undefined || !isAccess(access)
    ? refuse(
        'HostConfig.DeviceCgroupRules',
        `Invalid device cgroup rule "${text}": want <a|b|c> <MAJOR|*>:<MINOR|*> <rwm>`,
      )
    : E.right({ type, major: number(major), minor: number(minor), access })
}

export const checkDeviceRule = (text: string): Checked<string> => {
  const rule = parseDeviceRule(text)
  return E.isLeft(rule) ? rule : E.right(text)
}
