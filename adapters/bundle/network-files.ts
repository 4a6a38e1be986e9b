/** Contents of the files that are bound over /etc/hosts, hostname and resolv.conf. */
import { readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { HostConfig } from '../../domain/container/config.ts'
import { parseExtraHost } from '../../domain/container/validate/name-service.ts'
import type { NetworkFiles } from '../../domain/oci/host-facts.ts'
import { isMissing } from '../errors/errno.ts'
import type { FileToWrite } from '../files/durable.ts'

type Naming = Pick<HostConfig, 'NetworkMode' | 'ExtraHosts' | 'Dns' | 'DnsOptions' | 'DnsSearch'>

export interface NetworkFilesInput {
  readonly files: NetworkFiles
  readonly hostname: string
  readonly host: Naming
}

const localNames = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'ff00::0\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
]

const lines = (all: ReadonlyArray<string>): string => all.map((line) => `${line}\n`).join('')

const ownHosts = (hostname: string): string =>
  lines([...localNames, ...(hostname === 'localhost' ? [] : [`127.0.0.1\t${hostname}`])])

/** SYS-OPT-01. */
const extraHosts = (host: Naming): string =>
  lines(
    host.ExtraHosts.flatMap((text) => {
      const extra = parseExtraHost(text)
      return E.isLeft(extra) ? [] : [`${extra.right.address}\t${extra.right.host}`]
    }),
  )

/**
 * The host's file, in which what the container names replaces what the host has of the same kind
 * (SYS-OPT-02). A search domain `.` alone: none.
 */
const resolvConf = (ofHost: string, host: Naming): string => {
  const isGiven = host.Dns.length + host.DnsOptions.length + host.DnsSearch.length > 0
  if (!isGiven) return ofHost
  const replaced: ReadonlySet<string> = new Set([
    ...(host.Dns.length > 0 ? ['nameserver'] : []),
    ...(host.DnsSearch.length > 0 ? ['search', 'domain'] : []),
    ...(host.DnsOptions.length > 0 ? ['options'] : []),
  ])
  const kept = ofHost
    .split('\n')
    .filter((line) => line.trim() !== '' && !replaced.has(line.trim().split(/\s+/)[0] ?? ''))
  const search = host.DnsSearch.filter((domain) => domain !== '.')
  return lines([
    ...(search.length > 0 ? [`search ${search.join(' ')}`] : []),
    ...host.Dns.map((server) => `nameserver ${server}`),
    ...(host.DnsOptions.length > 0 ? [`options ${host.DnsOptions.join(' ')}`] : []),
    ...kept,
  ])
}

/** Empty where the host has none. */
export const hostFile = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}

/** A container in the host's network sees the host's names. */
const hostsOf = async ({ host, hostname }: NetworkFilesInput): Promise<string> => {
  const text = host.NetworkMode === 'host' ? await hostFile('/etc/hosts') : ownHosts(hostname)
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${extraHosts(host)}`
}

export const networkFileContents = async (
  input: NetworkFilesInput,
): Promise<ReadonlyArray<FileToWrite>> => {
  const { files, hostname, host } = input
  const file = (path: string, content: string): FileToWrite => ({
    path,
    content,
    mode: 0o644,
    // Projections: what a power cut takes of them is written anew before the next start (M-02).
    durable: false,
  })
  return [
    file(files.hosts, await hostsOf(input)),
    file(files.hostname, `${hostname}\n`),
    file(files.resolvConf, resolvConf(await hostFile('/etc/resolv.conf'), host)),
  ]
}
