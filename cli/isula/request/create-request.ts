/** A create request from the flags and operands of `create` and `run`. */
import * as E from 'fp-ts/lib/Either.js'
import type { CreateRequest } from '../../../adapters/rpc/wire/containers.ts'
import type { FlagValues } from '../grammar/values.ts'
import { customConfig, type Attached } from './custom-config.ts'
import { hostConfig } from './host-config.ts'
import { externalRootfs } from './external-rootfs.ts'
import type { Built } from './refused.ts'

export interface CreateInput {
  readonly flags: FlagValues
  /** Image, then the container's command. */
  readonly operands: ReadonlyArray<string>
  readonly attached: Attached
  readonly autoRemove: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The runtime's name is compared without regard to case (CLI-RT-01). */
export const createRequest = (input: CreateInput): Built<CreateRequest> => {
  const { flags, operands, attached, env } = input
  const [image = '', ...command] = operands
  const hostconfig = hostConfig(flags, input.autoRemove)
  if (E.isLeft(hostconfig)) return hostconfig
  const customconfig = customConfig({ flags, command, attached, env })
  if (E.isLeft(customconfig)) return customconfig
  const rootfs = externalRootfs(flags.text('external-rootfs'))
  if (E.isLeft(rootfs)) return rootfs
  return E.right({
    id: flags.text('name') ?? '',
    rootfs: rootfs.right,
    image,
    runtime: flags.text('runtime')?.toLowerCase() ?? '',
    hostconfig: hostconfig.right,
    customconfig: customconfig.right,
  })
}
