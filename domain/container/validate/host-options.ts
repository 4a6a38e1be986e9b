/** Names, devices, kernel parameters, namespaces and security of the hostconfig document. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { DeviceMapping } from '../host-options.ts'
import { checkDevice, checkDeviceRule } from './device.ts'
import * as doc from './document.ts'
import type { Document } from './document.ts'
import { checkDnsOption, checkDnsSearch, checkDnsServer, checkExtraHost } from './name-service.ts'
import { checkExternalRootfs } from './external-rootfs.ts'
import { checkNamespaceMode, namespaceMode, type ModeRules } from './namespace-mode.ts'
import { allOf, checkAll, refuse, type Checked } from './refusal.ts'
import { checkSecurityOptions } from './security-option.ts'
import { checkSysctls } from './sysctl.ts'

const eachText = (
  document: Document,
  member: string,
  check: (text: string) => Checked<string>,
): Checked<ReadonlyArray<string>> =>
  pipe(
    doc.texts(document, member),
    E.chain((all) => checkAll(all, check)),
  )

const checkGroup = (group: string): Checked<string> =>
  /^[^\s:,\0]{1,255}$/.test(group)
    ? E.right(group)
    : refuse('HostConfig.GroupAdd', `Invalid group "${group}": want a name or a number`)

const readDevice = (device: Document): Checked<DeviceMapping> =>
  pipe(
    doc.checkMembers(device, {
      supported: ['PathOnHost', 'PathInContainer', 'CgroupPermissions'],
      later: {},
    }),
    E.chain(() =>
      allOf({
        PathOnHost: doc.text(device, 'PathOnHost'),
        PathInContainer: doc.text(device, 'PathInContainer'),
        CgroupPermissions: doc.text(device, 'CgroupPermissions'),
      }),
    ),
    E.chain(checkDevice),
  )

const mode = (document: Document, rules: ModeRules): Checked<string> =>
  pipe(
    doc.text(document, rules.member),
    E.chain((text) => checkNamespaceMode(text, rules)),
  )

const readModes = (document: Document) =>
  allOf({
    NetworkMode: mode(document, { member: 'NetworkMode', own: ['none'] }),
    PidMode: mode(document, { member: 'PidMode', own: ['none', 'private'] }),
    IpcMode: mode(document, { member: 'IpcMode', own: ['none', 'private', 'shareable'] }),
    UTSMode: mode(document, { member: 'UTSMode', own: ['none', 'private'] }),
  })

/** SYS-ENVF-02. */
const envTarget = (path: string): Checked<string> =>
  path === '' || path.startsWith('/')
    ? E.right(path)
    : refuse('HostConfig.EnvTargetFile', 'env target file path must be absolute path')

const highestSwappiness = 100

/** Absent and -1 both leave it to the system. */
const readSwappiness = (document: Document): Checked<number> =>
  pipe(
    doc.optional(document, 'MemorySwappiness', doc.integer),
    E.map((given) => given ?? -1),
    E.chain((given) =>
      given >= -1 && given <= highestSwappiness
        ? E.right(given)
        : refuse(
            'HostConfig.MemorySwappiness',
            `Invalid value ${given} of memory swappiness: want 0 to ${highestSwappiness}, or -1`,
          ),
    ),
  )

const lowestScore = -1000
const highestScore = 1000

const oomScore = (score: number): Checked<number> =>
  score >= lowestScore && score <= highestScore
    ? E.right(score)
    : refuse(
        'HostConfig.OomScoreAdj',
        `Invalid value ${score}, range for oom score adj is [${lowestScore}, ${highestScore}]`,
      )

export const readHostOptions = (document: Document) =>
  pipe(
    allOf({
      modes: readModes(document),
      GroupAdd: eachText(document, 'GroupAdd', checkGroup),
      Dns: eachText(document, 'Dns', checkDnsServer),
      DnsOptions: eachText(document, 'DnsOptions', checkDnsOption),
      DnsSearch: eachText(document, 'DnsSearch', checkDnsSearch),
      ExtraHosts: eachText(document, 'ExtraHosts', checkExtraHost),
      sysctls: doc.textMap(document, 'Sysctls'),
      Devices: pipe(
        doc.documents(document, 'Devices'),
        E.chain((all) => checkAll(all, readDevice)),
      ),
      DeviceCgroupRules: eachText(document, 'DeviceCgroupRules', checkDeviceRule),
      SecurityOpt: pipe(doc.texts(document, 'SecurityOpt'), E.chain(checkSecurityOptions)),
      ExternalRootfs: pipe(doc.text(document, 'ExternalRootfs'), E.chain(checkExternalRootfs)),
      EnvTargetFile: pipe(doc.text(document, 'EnvTargetFile'), E.chain(envTarget)),
      NoPivotRoot: doc.flag(document, 'NoPivotRoot'),
      MemorySwappiness: readSwappiness(document),
      OomScoreAdj: pipe(doc.integer(document, 'OomScoreAdj'), E.chain(oomScore)),
    }),
    E.chain(({ modes, sysctls, ...rest }) => {
      const isShared = (text: string): boolean => namespaceMode(text)._tag !== 'Own'
      const shared = { net: isShared(modes.NetworkMode), ipc: isShared(modes.IpcMode) }
      return pipe(
        checkSysctls(sysctls, shared),
        E.map((Sysctls) => ({ ...modes, ...rest, Sysctls })),
      )
    }),
  )
