/** `-v [source:]path[:options]` and `--mount type=bind|volume,…`: syntax and restrictions. */
import * as E from 'fp-ts/lib/Either.js'
import { VolumeName } from '../../identity.ts'
import type { BindMount, VolumeMount } from '../config.ts'
import { cleanPath } from './paths.ts'
import { refuse, type Checked } from './refusal.ts'

const propagations: ReadonlyArray<string> = [
  'private',
  'rprivate',
  'shared',
  'rshared',
  'slave',
  'rslave',
]

const checkTarget = (target: string, spelled: string): Checked<string> => {
  const field = 'HostConfig.Binds'
  const clean = cleanPath(target)
  if (clean === undefined)
    return refuse(field, `Invalid mount "${spelled}": "${target}" is not an absolute path`)
  return clean === '/'
    ? refuse(field, `Invalid mount "${spelled}": destination can't be '/'`)
    : E.right(clean)
}

const checkEnds = (mount: BindMount, spelled: string): Checked<BindMount> => {
  const field = 'HostConfig.Binds'
  const source = cleanPath(mount.Source)
  if (source === undefined)
    return refuse(
      field,
      `Invalid mount "${spelled}": source "${mount.Source}" is not an absolute path`,
    )
  const target = checkTarget(mount.Target, spelled)
  if (E.isLeft(target)) return target
  if (source === '/dev' && target.right === '/dev')
    return refuse(field, 'Host /dev cannot be mounted on /dev of a container: use --device')
  return E.right({ ...mount, Source: source, Target: target.right })
}

/** The rules that `-v` and `--mount` share (CLI-MNT-02, SEC-SELINUX-04 refused). */
export const checkBindMount = (mount: BindMount): Checked<BindMount> => {
  const spelled = `${mount.Source}:${mount.Target}`
  return mount.Propagation === '' || propagations.includes(mount.Propagation)
    ? checkEnds(mount, spelled)
    : refuse(
        'HostConfig.Mounts',
        `Invalid propagation "${mount.Propagation}" of mount "${spelled}": want one of ` +
          propagations.join(', '),
      )
}

export const volumeNameRule =
  'want letters, digits, "_", "." and "-", at most 255, the first a letter or digit'

export const checkVolumeName = (name: string): Checked<VolumeName> =>
  VolumeName.is(name)
    ? E.right(name)
    : refuse('volume', `Invalid volume name "${name}": ${volumeNameRule}`)

/** An empty source is an anonymous volume. */
export const checkVolumeMount = (mount: VolumeMount): Checked<VolumeMount> => {
  const spelled = mount.Source === '' ? mount.Target : `${mount.Source}:${mount.Target}`
  if (mount.Source !== '' && !VolumeName.is(mount.Source))
    return refuse(
      'HostConfig.Binds',
      `Invalid mount "${spelled}": source "${mount.Source}" is neither an absolute path nor ` +
        `a volume name: ${volumeNameRule}`,
    )
  const target = checkTarget(mount.Target, spelled)
  return E.isLeft(target) ? target : E.right({ ...mount, Target: target.right })
}

interface Options {
  readonly readonly: boolean | undefined
  readonly propagation: string
  readonly noCopy: boolean
}

const noOptions: Options = { readonly: undefined, propagation: '', noCopy: false }

const addOption = (options: Options, word: string, spelled: string): Checked<Options> => {
  const twice = refuse(
    'HostConfig.Binds',
    `Invalid mode for volume "${spelled}": "${word}" conflicts with another option`,
  )
  if (word === 'ro' || word === 'rw')
    return options.readonly === undefined ? E.right({ ...options, readonly: word === 'ro' }) : twice
  if (propagations.includes(word))
    return options.propagation === '' ? E.right({ ...options, propagation: word }) : twice
  if (word === 'nocopy') return options.noCopy ? twice : E.right({ ...options, noCopy: true })
  if (word === 'z' || word === 'Z')
    return refuse(
      'HostConfig.Binds',
      `Option "${word}" of volume "${spelled}" is not supported yet: SELinux relabelling`,
    )
  return refuse(
    'HostConfig.Binds',
    `Invalid mode for volume "${spelled}": "${word}": want ro, rw, nocopy or one of ` +
      propagations.join(', '),
  )
}

const readOptions = (modes: string | undefined, spelled: string): Checked<Options> => {
  let options = noOptions
  for (const word of modes === undefined ? [] : modes.split(',')) {
    const next = addOption(options, word, spelled)
    if (E.isLeft(next)) return next
    options = next.right
  }
  return E.right(options)
}

interface Ends {
  readonly source: string
  readonly target: string
  readonly options: Options
}

/** DOCK-VOL-02: copying is a matter of volumes; propagation is one of host directories. */
const mountOf = (text: string, { source, target, options }: Ends) => {
  const Readonly = options.readonly ?? false
  const invalid = (word: string, kind: string): Checked<never> =>
    refuse('HostConfig.Binds', `Invalid mode for volume "${text}": "${word}" is not for ${kind}`)
  if (source.startsWith('/'))
    return options.noCopy
      ? invalid('nocopy', 'host directories')
      : checkBindMount({
          Type: 'bind',
          Source: source,
          Target: target,
          Readonly,
          Propagation: options.propagation,
        })
  return options.propagation === ''
    ? checkVolumeMount({
        Type: 'volume',
        Source: source,
        Target: target,
        Readonly,
        NoCopy: options.noCopy,
      })
    : invalid(options.propagation, 'volumes')
}

/** CLI-CR-47: a host directory, a named volume, or with a path alone an anonymous one. */
export const parseBind = (text: string): Checked<BindMount | VolumeMount> => {
  const parts = text.split(':')
  const [first, second, modes] = parts
  const ends =
    second === undefined ? { source: '', target: first } : { source: first, target: second }
  const { source, target } = ends
  if (
    source === undefined ||
    target === undefined ||
    parts.length > 3 ||
    (second !== undefined && source === '')
  )
    return refuse(
      'HostConfig.Binds',
      `Invalid volume specification "${text}": want ` +
        '[<host path or volume>:]<container path>[:<options>]',
    )
  const options = readOptions(modes, text)
  return E.isLeft(options) ? options : mountOf(text, { source, target, options: options.right })
}
