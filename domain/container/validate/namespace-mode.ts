/** `--pid`, `--ipc`, `--uts` and `--net`: whose namespace a container lives in (RES-NS-*). */
import * as E from 'fp-ts/lib/Either.js'
import type { HostConfig } from '../config.ts'
import { refuse, type Checked } from './refusal.ts'

export type NamespaceMode =
  | { readonly _tag: 'Own' }
  | { readonly _tag: 'Host' }
  /** As spelled; in a stored configuration the full id. */
  | { readonly _tag: 'Container'; readonly container: string }

const prefix = 'container:'

const nameOf: Readonly<Record<NamespaceMember, string>> = {
  NetworkMode: 'network',
  PidMode: 'PID',
  IpcMode: 'IPC',
  UTSMode: 'UTS',
}

/** Of a checked configuration. */
export const namespaceMode = (mode: string): NamespaceMode =>
  mode === 'host'
    ? { _tag: 'Host' }
    : mode.startsWith(prefix)
      ? { _tag: 'Container', container: mode.slice(prefix.length) }
      : { _tag: 'Own' }

export interface ModeRules {
  /** Member of the host configuration. */
  readonly member: NamespaceMember
  /** Words for a namespace of its own, beside nothing. */
  readonly own: ReadonlyArray<string>
}

export const namespaceMembers = ['NetworkMode', 'PidMode', 'IpcMode', 'UTSMode'] as const
export type NamespaceMember = (typeof namespaceMembers)[number]

/** RES-NS-05, RES-NS-06. */
export const checkNamespaceMode = (mode: string, { member, own }: ModeRules): Checked<string> => {
  if (mode === '' || mode === 'host' || own.includes(mode)) return E.right(mode)
  const parsed = namespaceMode(mode)
  return parsed._tag === 'Container' && parsed.container !== ''
    ? E.right(mode)
    : refuse(
        `HostConfig.${member}`,
        `Invalid ${nameOf[member]} mode "${mode}": want ${own.join(', ')}, host or ` +
          'container:<name or id>',
      )
}

/** By name, id or prefix. Left: the text for the client. */
export type FindContainer = (given: string) => E.Either<string, string>

type Modes = Pick<HostConfig, NamespaceMember>

/** Other containers are stored by their ids, so that they may be renamed. */
export const resolveModes = <H extends Modes>(host: H, find: FindContainer): Checked<H> => {
  const resolved: Partial<Record<NamespaceMember, string>> = {}
  for (const member of namespaceMembers) {
    const mode = namespaceMode(host[member])
    if (mode._tag !== 'Container') continue
    const found = find(mode.container)
    if (E.isLeft(found)) return refuse(`HostConfig.${member}`, found.left)
    resolved[member] = `${prefix}${found.right}`
  }
  return E.right({ ...host, ...resolved })
}
