/** Parsers of the /proc texts that host facts come from (proc(5)). Pure. */
import type { CgroupMode, HostMount } from '../../domain/oci/host-facts.ts'
import { parseLimits } from '../kernel/own-limits.ts'

/** Finite hard limits of a /proc/<pid>/limits text by `RLIMIT_*` name. */
export const hardLimits = (limits: string): Readonly<Record<string, bigint>> =>
  Object.fromEntries(
    [...parseLimits(limits)].flatMap(([name, { hard }]) =>
      hard === 'unlimited' ? [] : [[name, hard]],
    ),
  )

export interface MountEntry extends HostMount {
  readonly type: string
  /** Super block options, where cgroup v1 names its controllers. */
  readonly options: ReadonlyArray<string>
}

const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

/** Lines of /proc/self/mountinfo in their order; optional fields end at a lone dash. */
export const mountEntries = (mountinfo: string): ReadonlyArray<MountEntry> =>
  mountinfo.split('\n').flatMap((line) => {
    const fields = line.split(' ')
    const dash = fields.indexOf('-', 6)
    const [point, type] = [fields[4], fields[dash + 1]]
    if (dash < 0 || point === undefined || type === undefined) return []
    const optional = fields.slice(6, dash)
    return [
      {
        point: unescape(point),
        type,
        options: (fields[dash + 3] ?? '').split(','),
        shared: optional.some((field) => field.startsWith('shared:')),
        slave: optional.some((field) => field.startsWith('master:')),
      },
    ]
  })

/** v2 where /sys/fs/cgroup is cgroup2; hybrid where it holds cgroup2 beside v1 hierarchies. */
export const cgroupModeOf = (mounts: ReadonlyArray<MountEntry>): CgroupMode => {
  const root = mounts.filter(({ point }) => point === '/sys/fs/cgroup').at(-1)
  if (root?.type === 'cgroup2') return 'v2'
  const inside = mounts.filter(({ point }) => point.startsWith('/sys/fs/cgroup/'))
  return inside.some(({ type }) => type === 'cgroup2') ? 'hybrid' : 'v1'
}
