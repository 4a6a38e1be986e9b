/** What `update` may change, and what the result must fulfil as a whole (CLI-UPDATE-01). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { HostConfig, RestartPolicy } from '../config.ts'
import { liveLimits, type LiveLimits, type UpdateChange } from '../limits.ts'
import {
  checkCpuset,
  checkCpuTime,
  checkMemoryNodes,
  checkNanoCpus,
  checkPeriod,
  checkQuota,
  checkShares,
} from './cpu.ts'
import * as doc from './document.ts'
import type { Document } from './document.ts'
import { hostConfigMembers } from './members.ts'
import { checkMemory, checkReservation } from './memory.ts'
import { checkPidsLimit } from './pids.ts'
import { allOf, refuse, type Checked } from './refusal.ts'
import { checkRestartAtCreate, checkRestartPolicy } from './restart-policy.ts'

const changeable: ReadonlyArray<string> = [
  'CPUShares',
  'NanoCpus',
  'CPUPeriod',
  'CPUQuota',
  'CpusetCpus',
  'CpusetMems',
  'Memory',
  'MemorySwap',
  'MemoryReservation',
  'PidsLimit',
  'RestartPolicy',
]

const later: doc.MemberRules['later'] = {
  ...Object.fromEntries(hostConfigMembers.supported.map((name) => [name, []])),
  ...hostConfigMembers.later,
}

const readRestart = (document: Document): Checked<RestartPolicy | null> =>
  pipe(
    doc.inner(document, 'RestartPolicy'),
    E.chainFirst((policy) =>
      doc.checkMembers(policy, { supported: ['Name', 'MaximumRetryCount'], later: {} }),
    ),
    E.chain((policy) =>
      allOf({
        name: doc.text(policy, 'Name'),
        retries: doc.integer(policy, 'MaximumRetryCount'),
      }),
    ),
    E.chain(({ name, retries }): Checked<RestartPolicy | null> =>
      name === '' && retries === 0 ? E.right(null) : checkRestartPolicy(name, retries),
    ),
  )

const readLimits = (document: Document, hostCpus: ReadonlyArray<number>): Checked<LiveLimits> => {
  const number = (name: string) => doc.integer(document, name)
  const text = (name: string) => doc.text(document, name)
  return allOf({
    CPUShares: pipe(number('CPUShares'), E.chain(checkShares)),
    NanoCpus: pipe(
      number('NanoCpus'),
      E.chain((nanoCpus) => checkNanoCpus(nanoCpus, hostCpus.length)),
    ),
    CPUPeriod: pipe(number('CPUPeriod'), E.chain(checkPeriod)),
    CPUQuota: pipe(number('CPUQuota'), E.chain(checkQuota)),
    CpusetCpus: pipe(
      text('CpusetCpus'),
      E.chain((list) => checkCpuset(list, hostCpus)),
    ),
    CpusetMems: pipe(text('CpusetMems'), E.chain(checkMemoryNodes)),
    Memory: number('Memory'),
    MemorySwap: number('MemorySwap'),
    MemoryReservation: number('MemoryReservation'),
    PidsLimit: pipe(doc.whole(document, 'PidsLimit'), E.chain(checkPidsLimit)),
  })
}

/** Like upstream's daemon it takes 0 and '' for "not given". */
export const readUpdate = (
  document: Document,
  hostCpus: ReadonlyArray<number>,
): Checked<UpdateChange> =>
  pipe(
    doc.checkMembers(document, { supported: changeable, later }),
    E.chain(() =>
      allOf({ limits: readLimits(document, hostCpus), restart: readRestart(document) }),
    ),
    E.map(({ limits, restart }) => ({
      limits: Object.fromEntries(
        Object.entries(limits).filter(([, value]) => value !== 0 && value !== ''),
      ),
      restart,
    })),
  )

/** What a container would have after the change: the whole of what can be changed. */
export interface UpdatedValues {
  readonly limits: LiveLimits
  readonly restart: RestartPolicy
}

/** A swap limit of its own that the new memory limit would reach past must be given anew. */
const checkSwapKept = (host: HostConfig, { limits }: UpdateChange): Checked<void> =>
  limits.MemorySwap === undefined && host.MemorySwap > 0 && (limits.Memory ?? 0) > host.MemorySwap
    ? refuse(
        'HostConfig.Memory',
        'Memory limit should be smaller than already set memoryswap limit, ' +
          'update the memoryswap at the same time',
      )
    : E.right(undefined)

const checkWhole = (limits: LiveLimits): Checked<LiveLimits> =>
  pipe(
    checkCpuTime(limits),
    E.chain(() => checkMemory(limits)),
    E.chainFirst(({ Memory }) => checkReservation(limits.MemoryReservation, Memory)),
    E.map((memory) => ({ ...limits, ...memory })),
  )

const checkPolicy = (host: HostConfig, policy: RestartPolicy | null): Checked<RestartPolicy> => {
  if (policy === null) return E.right(host.RestartPolicy)
  return host.AutoRemove && policy.Name !== 'no'
    ? refuse(
        'HostConfig.RestartPolicy',
        'Restart policy cannot be updated because AutoRemove is enabled for the container',
      )
    : checkRestartAtCreate(policy, host.AutoRemove)
}

export const updatedValues = (host: HostConfig, change: UpdateChange): Checked<UpdatedValues> => {
  const present = liveLimits(host)
  const given = Object.fromEntries(
    Object.entries(change.limits).filter(([, value]) => value !== undefined),
  )
  return pipe(
    checkSwapKept(host, change),
    E.chain(() =>
      allOf({
        limits: checkWhole({ ...present, ...given }),
        restart: checkPolicy(host, change.restart),
      }),
    ),
  )
}
