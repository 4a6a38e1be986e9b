/** Which effect a port call of the doubles is, by its label; and what can go wrong with it. */
import { effectTable, type Effect } from '../../domain/ports/effects.ts'
import { plainly, type Possible } from './fault-source.ts'

/** Longest beginnings first: `remove layer` is not `remove writable layer of`. */
const effectsByLabel: ReadonlyArray<readonly [string, Effect['_tag']]> = [
  ['create directory of ', 'CreateContainerDirectory'],
  ['create writable layer of ', 'CreateWritableLayer'],
  ['remove writable layer of ', 'RemoveWritableLayer'],
  ['remove directory of ', 'RemoveContainerDirectory'],
  ['remove cgroup of ', 'RemoveCgroup'],
  ['remove layer ', 'RemoveLayer'],
  ['make volume ', 'CreateVolume'],
  ['remove volume ', 'RemoveVolume'],
  ['write bundle of ', 'WriteBundle'],
  ['kill all of ', 'KillCgroup'],
  ['clear exec ', 'ClearExec'],
  ['clear ', 'ClearMonitor'],
  ['unmount ', 'UnmountRootfs'],
  ['mount ', 'MountRootfs'],
  ['launch ', 'LaunchProcess'],
  ['start ', 'StartProcess'],
  ['signal 9 ', 'KillProcess'],
  ['signal ', 'SignalProcess'],
  ['freeze ', 'FreezeCgroup'],
  ['thaw ', 'ThawCgroup'],
  ['limit ', 'UpdateCgroup'],
  ['delete ', 'RemoveRuntimeContainer'],
  ['exec ', 'ExecProcess'],
  ['copy ', 'CopyFiles'],
  ['unpack ', 'UnpackLayer'],
]

export const effectOf = (label: string): Effect['_tag'] | undefined =>
  effectsByLabel.find(([beginning]) => label.startsWith(beginning))?.[1]

/** Errnos that mean that the host has run out of something (K8). */
const exhaustion: ReadonlyArray<readonly [Possible['kind'], ReadonlyArray<string>]> = [
  ['out-of-descriptors', ['EMFILE']],
  ['out-of-memory', ['ENOMEM', 'EAGAIN']],
  ['out-of-inodes', ['ENOSPC', 'EDQUOT']],
]

const slowest = [300, 2_000, 9_000] as const

/** What the double itself may not say: these would be lies about what is there. */
const ofTheDouble = new Set(['ESRCH', 'ENOENT', 'EVERIFY', 'EUSER'])

const errnosOf = (effect: Effect['_tag']): ReadonlyArray<string> =>
  effectTable[effect].errnos.filter((errno) => !ofTheDouble.has(errno))

/** What a stranger can take back right after it was done. */
const undoable = new Set<Effect['_tag']>([
  'MountRootfs',
  'LaunchProcess',
  'StartProcess',
  'FreezeCgroup',
])

/** K4 and K8 at one effect, by its row in the effect table. */
export const possibleAt = (effect: Effect['_tag']): ReadonlyArray<Possible> => {
  const errnos = errnosOf(effect)
  const [first, ...rest] = errnos
  const refused: ReadonlyArray<Possible> =
    first === undefined
      ? []
      : [{ kind: 'effect-errno', detail: (chance) => chance.pick([first, ...rest]) }]
  return [
    ...refused,
    plainly('effect-error-but-applied'),
    ...(undoable.has(effect) ? [plainly('effect-undone')] : []),
    { kind: 'effect-hang', detail: (chance) => chance.pick(['applied', 'not applied']) },
    { kind: 'effect-slow', detail: (chance) => String(chance.pick(slowest)) },
    ...exhaustion.flatMap(([kind, of]): ReadonlyArray<Possible> => {
      const errno = of.find((one) => errnos.includes(one))
      return errno === undefined ? [] : [{ kind, detail: () => errno }]
    }),
  ]
}
