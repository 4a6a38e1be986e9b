/** Configurations of containers as the engine stores them, for hosts under contract. */
import * as E from 'fp-ts/lib/Either.js'
import { containerConfig } from '../../domain/container/validate/container-config.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import type { BundleRequest } from '../../domain/ports/storage-ports.ts'
import { noStorage } from '../../domain/container/storage.ts'

export interface ContainerWish {
  readonly ref: ContainerRef
  readonly cmd: ReadonlyArray<string>
  readonly user?: string
  /** Bytes; absent: no limit. */
  readonly memory?: number
  /** Of `--mount`; a missing source is refused. */
  readonly mounts?: ReadonlyArray<object>
  /** Of `-v`; a missing source is made. */
  readonly binds?: ReadonlyArray<string>
}

const defaults = {
  cgroupParent: '/isulad',
  runtimes: [],
  hostCpus: [0],
  ulimits: [],
  umask: 0o022,
}

const path = 'PATH=/bin'

export const bundleRequest = (wish: ContainerWish): BundleRequest => {
  const { ref, cmd, user = '', memory = 0, mounts = [], binds = [] } = wish
  const limits = memory === 0 ? {} : { Memory: memory, MemorySwap: memory }
  const config = containerConfig(
    {
      hostConfig: JSON.stringify({ ...limits, Mounts: mounts, Binds: binds }),
      customConfig: JSON.stringify({ Cmd: cmd, User: user, Env: [path] }),
      imageConfig: '{}',
    },
    { ...defaults, runtime: ref.runtime },
  )
  if (E.isLeft(config)) throw new Error(config.left.message)
  const { host, process } = config.right
  const name = `contract-${ref.id.slice(0, 8)}`
  return { ref, name, host, process, storage: noStorage }
}
