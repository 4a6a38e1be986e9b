/** The published ports of a container: `80/tcp -> 0.0.0.0:8080`. */
import * as E from 'fp-ts/lib/Either.js'

export interface Binding {
  /** `80/tcp` */
  readonly port: string
  /** Host address and port. */
  readonly host: string
}

const largestPort = 65_535

/** `80`, `80/udp`. Left: what to tell the user. */
export const parsePort = (text: string): E.Either<string, string> => {
  const [, number = '', protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? []
  const value = Number(number)
  return number === '' || value < 1 || value > largestPort
    ? E.left(`Invalid port '${text}': 1 to ${largestPort}, then /tcp, /udp or /sctp, is needed`)
    : E.right(`${value}/${protocol.toLowerCase()}`)
}

type Members = Readonly<Record<string, unknown>>

const members = (value: unknown): Members => (isMembers(value) ? value : {})

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

/** The list itself, or upstream's element around it (spec 22 section 7). */
const hostsOf = (value: unknown): ReadonlyArray<unknown> => {
  const list = isList(value) ? value : members(members(value)['Element'])['host']
  return isList(list) ? list : []
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const hostText = (value: unknown): string => {
  const one = members(value)
  const ip = text(one['HostIP']) || text(one['HostIp']) || '0.0.0.0'
  return `${ip.includes(':') ? `[${ip}]` : ip}:${text(one['HostPort'])}`
}

/** From a container's inspect document. */
export const bindingsOf = (container: unknown): ReadonlyArray<Binding> => {
  const ports = members(members(members(container)['NetworkSettings'])['Ports'])
  return Object.entries(ports).flatMap(([port, value]) =>
    hostsOf(value).map((host) => ({ port, host: hostText(host) })),
  )
}

/** All of them, or only the hosts of one port. */
export const portLines = (
  bindings: ReadonlyArray<Binding>,
  wanted: string | undefined,
): ReadonlyArray<string> =>
  wanted === undefined
    ? bindings.map(({ port, host }) => `${port} -> ${host}`)
    : bindings.filter(({ port }) => port === wanted).map(({ host }) => host)
