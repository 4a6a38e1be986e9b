/** `Mounts` of the inspect document: what the user, the image and other containers mount. */
import * as E from 'fp-ts/lib/Either.js'
import type { BindMount, Mount } from '../../../domain/container/config.ts'
import type { Container } from '../../../domain/container/state.ts'
import type { VolumeUse } from '../../../domain/container/storage.ts'
import { userMounts } from '../../../domain/container/validate/user-mounts.ts'
import { volumeData, type Layout } from '../../../domain/ports/layout.ts'

interface MountDocument {
  readonly Type: Mount['Type']
  readonly Name: string
  readonly Source: string
  readonly Destination: string
  readonly Driver: string
  readonly Mode: string
  readonly RW: boolean
  readonly Propagation: string
}

const base = { Name: '', Source: '', Driver: '', Mode: '', Propagation: '' }

const ofBind = ({ Source, Target, Readonly, Propagation }: BindMount): MountDocument => ({
  ...base,
  Type: 'bind',
  Source,
  Destination: Target,
  Mode: [Readonly ? 'ro' : '', Propagation].filter((word) => word !== '').join(','),
  RW: !Readonly,
  Propagation: Propagation === '' ? 'rprivate' : Propagation,
})

const ofVolume = (layout: Layout, { volume, target, readonly }: VolumeUse): MountDocument => ({
  ...base,
  Type: 'volume',
  Name: volume,
  Source: volumeData(layout, volume),
  Destination: target,
  Driver: 'local',
  Mode: readonly ? 'ro' : '',
  RW: !readonly,
})

const spelled = (mount: Mount): ReadonlyArray<MountDocument> => {
  switch (mount.Type) {
    case 'bind':
      return [ofBind(mount)]
    case 'tmpfs':
      return [
        {
          ...base,
          Type: 'tmpfs',
          Destination: mount.Target,
          Mode: mount.Options,
          RW: !mount.Options.split(',').includes('ro'),
        },
      ]
    case 'volume':
      return []
  }
}

/** Volumes by the directory that holds them, as users of Docker know it. */
export const mountDocuments = (
  { host, storage }: Container,
  layout: Layout,
): ReadonlyArray<MountDocument> => {
  const mounts = userMounts(host)
  return [
    ...storage.volumes.map((use) => ofVolume(layout, use)),
    ...storage.binds.map(ofBind),
    ...(E.isRight(mounts) ? mounts.right.flatMap(spelled) : []),
  ]
}
