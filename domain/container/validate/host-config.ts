/** The client's hostconfig document, checked and completed with the daemon's defaults. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { BindMount, HostConfig, RestartPolicy, Ulimit } from '../config.ts'
import { grantCapabilities } from '../../oci/capabilities.ts'
import { checkBindMount, parseBind } from './bind.ts'
import { checkCpuset, checkNanoCpus, checkShares } from './cpu.ts'
import * as doc from './document.ts'
import type { Document } from './document.ts'
import { hostConfigMembers } from './members.ts'
import { checkMemory } from './memory.ts'
import { checkMountType } from './mount-flag.ts'
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

const networkMode = (mode: string): Checked<HostConfig['NetworkMode']> => {
  if (mode === '' || mode === 'none' || mode === 'host') return E.right(mode)
  const known = mode === 'bridge' || mode.startsWith('container:')
  return refuse(
    'HostConfig.NetworkMode',
    `${known ? 'not supported yet:' : 'Invalid'} network mode "${mode}": want none or host`,
  )
}

const shmSize = (bytes: number): Checked<number> =>
  bytes < 0
    ? refuse('HostConfig.ShmSize', `Invalid shm size ${bytes}: want 0 or more bytes`)
    : E.right(bytes === 0 ? defaultShmBytes : bytes)

const readMount = (mount: Document): Checked<BindMount> =>
  pipe(
    doc.checkMembers(mount, {
      supported: ['Type', 'Source', 'Target', 'Readonly', 'BindOptions'],
      later: { Consistency: [], VolumeOptions: [], TmpfsOptions: [] },
    }),
    E.chain(() => doc.inner(mount, 'BindOptions')),
    E.chainFirst((options) =>
      doc.checkMembers(options, { supported: ['Propagation'], later: { 'selinux-opts': [] } }),
    ),
    E.chain((options) =>
      allOf({
        Type: pipe(doc.text(mount, 'Type'), E.chain(checkMountType)),
        Source: doc.text(mount, 'Source'),
        Target: doc.text(mount, 'Target'),
        Readonly: doc.flag(mount, 'Readonly'),
        Propagation: doc.text(options, 'Propagation'),
      }),
    ),
    E.chain(checkBindMount),
  )

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

const readMemory = (document: Document): Checked<Pick<HostConfig, 'Memory' | 'MemorySwap'>> =>
  pipe(
    allOf({
      Memory: doc.integer(document, 'Memory'),
      MemorySwap: doc.integer(document, 'MemorySwap'),
    }),
    E.chain(checkMemory),
  )

const readLimits = (document: Document, { hostCpus, ulimits }: HostDefaults) =>
  allOf({
    CPUShares: pipe(doc.integer(document, 'CPUShares'), E.chain(checkShares)),
    NanoCpus: pipe(
      doc.integer(document, 'NanoCpus'),
      E.chain((nanoCpus) => checkNanoCpus(nanoCpus, hostCpus.length)),
    ),
    CpusetCpus: pipe(
      doc.text(document, 'CpusetCpus'),
      E.chain((list) => checkCpuset(list, hostCpus)),
    ),
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
    Tmpfs: readTmpfs(document),
    NetworkMode: pipe(doc.text(document, 'NetworkMode'), E.chain(networkMode)),
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
        capabilities: readCapabilities(document),
        RestartPolicy: readRestart(document),
        Privileged: doc.flag(document, 'Privileged'),
        AutoRemove: doc.flag(document, 'AutoRemove'),
        // Upstream's shadow of AutoRemove; it says nothing of its own.
        shadow: doc.flag(document, 'AutoRemoveBak'),
        ReadonlyRootfs: doc.flag(document, 'ReadonlyRootfs'),
      }),
    ),
    E.map(({ place, limits, memory, capabilities, shadow: _, ...rest }) => ({
      ...place,
      ...limits,
      ...memory,
      ...capabilities,
      ...rest,
    })),
  )
