/** Contents of the files that are bound over /etc/hosts, hostname and resolv.conf. */
import { readFile } from 'node:fs/promises'
import type { NetworkFiles } from '../../domain/oci/host-facts.ts'
import { isMissing } from '../errors/errno.ts'
import type { FileToWrite } from '../files/durable.ts'

export interface NetworkFilesInput {
  readonly files: NetworkFiles
  readonly hostname: string
  /** The container is in the host's network: it sees the host's names. */
  readonly inHostNetwork: boolean
}

const localNames = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'ff00::0\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
]

const ownHosts = (hostname: string): string =>
  [...localNames, ...(hostname === 'localhost' ? [] : [`127.0.0.1\t${hostname}`]), ''].join('\n')

const hostFile = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}

export const networkFileContents = async ({
  files,
  hostname,
  inHostNetwork,
}: NetworkFilesInput): Promise<ReadonlyArray<FileToWrite>> => {
  const file = (path: string, content: string): FileToWrite => ({
    path,
    content,
    mode: 0o644,
    durable: true,
  })
  return [
    file(files.hosts, inHostNetwork ? await hostFile('/etc/hosts') : ownHosts(hostname)),
    file(files.hostname, `${hostname}\n`),
    file(files.resolvConf, await hostFile('/etc/resolv.conf')),
  ]
}
