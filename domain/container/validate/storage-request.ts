/** From a configuration and its image to the volumes that a new container asks for. */
import * as E from 'fp-ts/lib/Either.js'
import type { ContainerId, VolumeName } from '../../identity.ts'
import { volumeName } from '../../identity.ts'
import type { HostConfig, Mount } from '../config.ts'
import type { StorageRequest, WantedVolume } from '../storage.ts'
import { cleanPath } from './paths.ts'
import { checkAll, refuse, type Checked } from './refusal.ts'
import { ownTargets, userMounts } from './user-mounts.ts'

export interface StorageInput {
  readonly host: HostConfig
  /** The image's `VOLUME`s, as it spells them. */
  readonly imageVolumes: ReadonlyArray<string>
  /** Names of anonymous volumes, a fresh one at each call. */
  readonly mint: () => VolumeName
  /** By name, id or prefix. Left: the text for the client. */
  readonly find: (given: string) => E.Either<string, ContainerId>
}

const given = (mounts: ReadonlyArray<Mount>, mint: () => VolumeName): ReadonlyArray<WantedVolume> =>
  mounts.flatMap((mount) =>
    mount.Type === 'volume'
      ? [
          {
            volume: mount.Source === '' ? mint() : volumeName(mount.Source),
            target: mount.Target,
            readonly: mount.Readonly,
            implied: false,
            anonymous: mount.Source === '',
            copies: !mount.NoCopy,
          },
        ]
      : [],
  )

/** One for each place that the configuration itself leaves free. */
const ofImage = ({ host, imageVolumes, mint }: StorageInput): ReadonlyArray<WantedVolume> => {
  const taken = ownTargets(host)
  const targets = new Set(imageVolumes.flatMap((path) => cleanPath(path) ?? []))
  return [...targets]
    .filter((target) => target !== '/' && !taken.has(target))
    .map((target) => ({
      volume: mint(),
      target,
      readonly: false,
      implied: true,
      anonymous: true,
      copies: true,
    }))
}

type From = StorageRequest['from'][number]

/** `<container>[:ro|rw]`. */
const parseFrom = (text: string, find: StorageInput['find']): Checked<From> => {
  const field = 'HostConfig.VolumesFrom'
  const [name = '', mode, ...rest] = text.split(':')
  if (name === '' || rest.length > 0)
    return refuse(field, `Invalid volumes-from "${text}": want <container>[:ro|rw]`)
  if (mode !== undefined && mode !== 'ro' && mode !== 'rw')
    return refuse(field, `Invalid mode of volumes-from "${text}": "${mode}": want ro or rw`)
  const container = find(name)
  return E.isLeft(container)
    ? refuse(field, container.left)
    : E.right({ container: container.right, readonly: mode === undefined ? null : mode === 'ro' })
}

export const storageRequest = (input: StorageInput): Checked<StorageRequest> => {
  const { host, mint, find } = input
  const mounts = userMounts(host)
  if (E.isLeft(mounts)) return mounts
  const from = checkAll(host.VolumesFrom, (text) => parseFrom(text, find))
  if (E.isLeft(from)) return from
  return E.right({
    volumes: [...ofImage(input), ...given(mounts.right, mint)],
    from: from.right,
  })
}
