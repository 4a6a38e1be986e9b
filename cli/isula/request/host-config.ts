/** The hostconfig document of a create request (spec 22 sections 6 and 7). */
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseMountFlag } from '../../../domain/container/validate/mount-flag.ts'
import { parseRestartPolicy } from '../../../domain/container/validate/restart-policy.ts'
import { parseSize } from '../../../domain/container/validate/size.ts'
import { parseUlimit } from '../../../domain/container/validate/ulimits.ts'
import type { FlagValues } from '../grammar/values.ts'
import { member } from './member.ts'
import { eachBuilt, maybeBuilt, spoken, type Built } from './refused.ts'

/** `--cpus 0.5`: billionths of a CPU, computed in decimals so that no digit is lost. */
export const nanoCpus = (text: string): Built<number> => {
  const match = /^([0-9]{1,6})?(?:\.([0-9]{1,9}))?$/.exec(text)
  const [, whole = '', fraction = ''] = match ?? []
  return match === null || whole + fraction === ''
    ? E.left(`Invalid value '${text}' for flag '--cpus': a number such as 0.5 is needed`)
    : E.right(Number(whole + fraction.padEnd(9, '0')))
}

const size = (flag: string) => (text: string) => spoken(parseSize(`--${flag}`, text))

const restartPolicy = (text: string): Built<Record<string, unknown>> =>
  pipe(
    spoken(parseRestartPolicy(text)),
    E.map((policy) => ({
      Name: policy.Name,
      ...member('MaximumRetryCount', policy.MaximumRetryCount),
    })),
  )

const mount = (text: string): Built<Record<string, unknown>> =>
  pipe(
    spoken(parseMountFlag(text)),
    E.map((m) => ({
      Type: m.Type,
      Source: m.Source,
      Target: m.Target,
      ...member('Readonly', m.Readonly),
      ...member('BindOptions', member('Propagation', m.Propagation)),
    })),
  )

/** The whole flag is the key, as upstream's client writes it (spec 22 section 6). */
const tmpfs = (flags: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(flags.map((flag) => [flag, '']))

const checked = (flags: FlagValues) =>
  sequenceS(E.Apply)({
    mounts: eachBuilt(flags.list('mount'), mount),
    restart: restartPolicy(flags.text('restart') ?? 'no'),
    memory: maybeBuilt(flags.text('memory'), size('memory')),
    memorySwap: maybeBuilt(flags.text('memory-swap'), size('memory-swap')),
    cpus: maybeBuilt(flags.text('cpus'), nanoCpus),
    ulimits: eachBuilt(flags.list('ulimit'), (text) => spoken(parseUlimit(text))),
  })

/** `autoRemove`: `run --rm`. The order of the members is upstream's. */
export const hostConfig = (flags: FlagValues, autoRemove: boolean): Built<string> =>
  pipe(
    checked(flags),
    E.map(({ mounts, restart, memory, memorySwap, cpus, ulimits }) =>
      JSON.stringify({
        ...member('Binds', flags.list('volume')),
        ...member('Mounts', mounts),
        ...member('NetworkMode', flags.text('net')),
        ...member('Privileged', flags.bool('privileged')),
        ...member('AutoRemove', autoRemove),
        ...member('AutoRemoveBak', autoRemove),
        ...member('ReadonlyRootfs', flags.bool('read-only')),
        ...member('Tmpfs', tmpfs(flags.list('tmpfs'))),
        RestartPolicy: restart,
        ...member('CapAdd', flags.list('cap-add')),
        ...member('CapDrop', flags.list('cap-drop')),
        ...member('CPUShares', flags.int('cpu-shares')),
        ...member('Memory', memory),
        ...member('NanoCpus', cpus),
        ...member('CpusetCpus', flags.text('cpuset-cpus')),
        ...member('MemorySwap', memorySwap),
        ...member('PidsLimit', flags.int('pids-limit')),
        ...member('Ulimits', ulimits),
      }),
    ),
  )
