/** The client's hostconfig document, checked and completed with the daemon's defaults. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { HostConfig, RestartPolicy, Ulimit } from '../config.ts'
import { grantCapabilities } from '../../oci/capabilities.ts'
import {
  checkCpuset,
  checkCpuTime,
  checkMemoryNodes,
  checkNanoCpus,
  checkPeriod,
  checkQuota,
  checkShares,
  type CpuTime,
} from './cpu.ts'
import * as doc from './document.ts'
import type { Document } from './document.ts'
import { readHostOptions } from './host-options.ts'
import { hostConfigMembers } from './members.ts'
import { checkMemory, checkReservation } from './memory.ts'
import { parseBind } from './bind.ts'
import { readMount } from './mount-document.ts'
import { checkCgroupParent, checkRuntime } from './names.ts'
import { checkPidsLimit } from './pids.ts'
import { allOf, checkAll, configRefusal, refuse, type Checked } from './refusal.ts'
import { checkRestartAtCreate, checkRestartPolicy } from './restart-policy.ts'
import { parseTmpfs } from './tmpfs.ts'
import { checkUlimit, mergeUlimits } from './ulimits.ts'

export interface HostDefaults {
  /** Used when the client names none, e.g. `/isulad`. */
  readonly cgroupParent: string
  readonly runtime: string
  /** Names that may be chosen; empty: any. */
  readonly runtimes: ReadonlyArray<string>
  /** Numbers of the online cpus. */
  readonly hostCpus: ReadonlyArray<number>
  readonly ulimits: ReadonlyArray<Ulimit>
}

const defaultShmBytes = 64 * 1024 * 1024

const shmSize = (bytes: number): Checked<number> =>
  bytes < 0
    ? refuse('HostConfig.ShmSize', `Invalid shm size ${bytes}: want 0 or more bytes`)
    : E.right(bytes === 0 ? defaultShmBytes : bytes)

const readUlimit = (ulimit: Document): Checked<Ulimit> =>
  pipe(
    doc.checkMembers(ulimit, { supported: ['Name', 'Soft', 'Hard'], later: {} }),
    E.chain(() =>
      allOf({
        Name: doc.text(ulimit, 'Name'),
        Hard: doc.whole(ulimit, 'Hard'),
        Soft: doc.whole(ulimit, 'Soft'),
      }),
    ),
    E.chain(checkUlimit),
  )

const readRestart = (document: Document): Checked<RestartPolicy> =>
  pipe(
    doc.inner(document, 'RestartPolicy'),
    E.chainFirst((policy) =>
      doc.checkMembers(policy, { supported: ['Name', 'MaximumRetryCount'], later: {} }),
    ),
    E.chain((policy) =>
      allOf({
        name: doc.text(policy, 'Name'),
        retries: doc.integer(policy, 'MaximumRetryCount'),
        autoRemove: doc.flag(document, 'AutoRemove'),
      }),
    ),
    E.chain(({ name, retries, autoRemove }) =>
      pipe(
        checkRestartPolicy(name, retries),
        E.chain((policy) => checkRestartAtCreate(policy, autoRemove)),
      ),
    ),
  )

const readTmpfs = (document: Document): Checked<Readonly<Record<string, string>>> =>
  pipe(
    doc.textMap(document, 'Tmpfs'),
    E.chain((map) => checkAll(Object.entries(map), ([text, options]) => parseTmpfs(text, options))),
    E.map((all) => Object.fromEntries(all.map(({ target, options }) => [target, options]))),
  )

const readCapabilities = (document: Document): Checked<Pick<HostConfig, 'CapAdd' | 'CapDrop'>> =>
  pipe(
    allOf({ CapAdd: doc.texts(document, 'CapAdd'), CapDrop: doc.texts(document, 'CapDrop') }),
    E.chainFirst(({ CapAdd, CapDrop }) =>
      pipe(
        grantCapabilities({ privileged: false, add: CapAdd, drop: CapDrop, available: [] }),
        E.mapLeft((name) => configRefusal('HostConfig.CapAdd', `Unknown capability "${name}"`)),
      ),
    ),
  )

const readMemory = (document: Document) =>
  pipe(
    allOf({
      Memory: doc.integer(document, 'Memory'),
      MemorySwap: doc.integer(document, 'MemorySwap'),
    }),
    E.chain(checkMemory),
    E.bind('MemoryReservation', ({ Memory }) =>
      pipe(
        doc.integer(document, 'MemoryReservation'),
        E.chain((reservation) => checkReservation(reservation, Memory)),
      ),
    ),
  )

const readCpuTime = (document: Document, { hostCpus }: HostDefaults): Checked<CpuTime> =>
  pipe(
    allOf({
      NanoCpus: pipe(
        doc.integer(document, 'NanoCpus'),
        E.chain((nanoCpus) => checkNanoCpus(nanoCpus, hostCpus.length)),
      ),
      CPUPeriod: pipe(doc.integer(document, 'CPUPeriod'), E.chain(checkPeriod)),
      CPUQuota: pipe(doc.integer(document, 'CPUQuota'), E.chain(checkQuota)),
    }),
    E.chain(checkCpuTime),
  )

const readLimits = (document: Document, { hostCpus, ulimits }: HostDefaults) =>
  allOf({
    CPUShares: pipe(doc.integer(document, 'CPUShares'), E.chain(checkShares)),
    CpusetCpus: pipe(
      doc.text(document, 'CpusetCpus'),
      E.chain((list) => checkCpuset(list, hostCpus)),
    ),
    CpusetMems: pipe(doc.text(document, 'CpusetMems'), E.chain(checkMemoryNodes)),
    PidsLimit: pipe(doc.whole(document, 'PidsLimit'), E.chain(checkPidsLimit)),
    Ulimits: pipe(
      doc.documents(document, 'Ulimits'),
      E.chain((all) => checkAll(all, readUlimit)),
      E.map((given) => mergeUlimits(given, ulimits)),
    ),
    ShmSize: pipe(doc.integer(document, 'ShmSize'), E.chain(shmSize)),
  })

const readPlace = (document: Document, defaults: HostDefaults) =>
  allOf({
    Binds: pipe(
      doc.texts(document, 'Binds'),
      E.chainFirst((binds) => checkAll(binds, parseBind)),
    ),
    Mounts: pipe(
      doc.documents(document, 'Mounts'),
      E.chain((mounts) => checkAll(mounts, readMount)),
    ),
    VolumesFrom: doc.texts(document, 'VolumesFrom'),
    Tmpfs: readTmpfs(document),
    Runtime: pipe(
      doc.text(document, 'Runtime'),
      E.chain((wanted) =>
        checkRuntime({ wanted, fallback: defaults.runtime, known: defaults.runtimes }),
      ),
    ),
    CgroupParent: pipe(
      doc.text(document, 'CgroupParent'),
      E.chain(checkCgroupParent),
      E.map((parent) => (parent === '' ? defaults.cgroupParent : parent)),
    ),
  })

/** Every member is present in the result; what is not supported is refused by name. */
export const readHostConfig = (document: Document, defaults: HostDefaults): Checked<HostConfig> =>
  pipe(
    doc.checkMembers(document, hostConfigMembers),
    E.chain(() =>
      allOf({
        place: readPlace(document, defaults),
        limits: readLimits(document, defaults),
        memory: readMemory(document),
        cpuTime: readCpuTime(document, defaults),
        capabilities: readCapabilities(document),
        options: readHostOptions(document),
        RestartPolicy: readRestart(document),
        Privileged: doc.flag(document, 'Privileged'),
        AutoRemove: doc.flag(document, 'AutoRemove'),
        // Upstream's shadow of AutoRemove; it says nothing of its own.
        shadow: doc.flag(document, 'AutoRemoveBak'),
        ReadonlyRootfs: doc.flag(document, 'ReadonlyRootfs'),
      }),
    ),
    E.map(({ place, limits, memory, cpuTime, capabilities, options, shadow: _, ...rest }) => ({
      ...place,
      ...limits,
      ...memory,
      ...cpuTime,
      ...capabilities,
      ...options,
      ...rest,
    })),
  )
