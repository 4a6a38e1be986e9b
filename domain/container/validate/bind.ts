/** `-v host:container[:options]` and `--mount type=bind,…`: syntax and restrictions. */
import * as E from 'fp-ts/lib/Either.js'
import type { BindMount } from '../config.ts'
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

const checkEnds = (mount: BindMount, spelled: string): Checked<BindMount> => {
  const field = 'HostConfig.Binds'
  const source = cleanPath(mount.Source)
  const target = cleanPath(mount.Target)
  if (source === undefined)
    return refuse(
      field,
      `Invalid mount "${spelled}": source "${mount.Source}" is not an absolute path` +
        (/^[\w.-]+$/.test(mount.Source) ? ' (named volumes are not supported yet)' : ''),
    )
  if (target === undefined)
    return refuse(field, `Invalid mount "${spelled}": "${mount.Target}" is not an absolute path`)
  if (target === '/') return refuse(field, `Invalid mount "${spelled}": destination can't be '/'`)
  if (source === '/dev' && target === '/dev')
    return refuse(field, 'Host /dev cannot be mounted on /dev of a container: use --device')
  return E.right({ ...mount, Source: source, Target: target })
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

interface Options {
  readonly readonly: boolean | undefined
  readonly propagation: string
}

const addOption = (options: Options, word: string, spelled: string): Checked<Options> => {
  const twice = refuse(
    'HostConfig.Binds',
    `Invalid mode for volume "${spelled}": "${word}" conflicts with another option`,
  )
  if (word === 'ro' || word === 'rw')
    return options.readonly === undefined ? E.right({ ...options, readonly: word === 'ro' }) : twice
  if (propagations.includes(word))
    return options.propagation === '' ? E.right({ ...options, propagation: word }) : twice
  if (word === 'z' || word === 'Z')
    return refuse(
      'HostConfig.Binds',
      `Option "${word}" of volume "${spelled}" is not supported yet: SELinux relabelling`,
    )
  return refuse(
    'HostConfig.Binds',
    `Invalid mode for volume "${spelled}": "${word}": want ro, rw or one of ` +
      propagations.join(', '),
  )
}

/** CLI-CR-47. */
export const parseBind = (text: string): Checked<BindMount> => {
  const parts = text.split(':')
  const [source, target, modes] = parts
  if (source === undefined || target === undefined || parts.length > 3)
    return refuse(
      'HostConfig.Binds',
      `Invalid volume specification "${text}": want <host path>:<container path>[:<options>]`,
    )
  let options: Options = { readonly: undefined, propagation: '' }
  for (const word of modes === undefined ? [] : modes.split(',')) {
    const next = addOption(options, word, text)
    if (E.isLeft(next)) return next
    options = next.right
  }
  return checkBindMount({
    Type: 'bind',
    Source: source,
    Target: target,
    Readonly: options.readonly ?? false,
    Propagation: options.propagation,
  })
}
