/** What `isula info` tells of this host. */
import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { arch, cpus, hostname, release, totalmem } from 'node:os'
import type { HostInfo } from '../../adapters/rpc/rpc-options.ts'

const osRelease = (): string => {
  if (!existsSync('/etc/os-release')) return 'Linux'
  const line = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))
  return line?.[1] ?? 'Linux'
}

/** `hugepages-2048kB` becomes `2MB`. */
const hugePages = (): string => {
  const folder = '/sys/kernel/mm/hugepages'
  if (!existsSync(folder)) return ''
  return readdirSync(folder)
    .map((name) => Number(/hugepages-(\d+)kB/.exec(name)?.[1] ?? 0))
    .filter((kb) => kb > 0)
    .sort((a, b) => a - b)
    .map((kb) => (kb >= 1024 * 1024 ? `${kb / 1024 / 1024}GB` : `${kb / 1024}MB`))
    .join(',')
}

const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }

/** A proxy's password is nobody's business. */
const proxy = (name: string): string => {
  const value = process.env[name.toLowerCase()] ?? process.env[name.toUpperCase()] ?? ''
  return value.replace(/\/\/[^@/]*@/, '//xxxx:xxxx@')
}

export const hostInfo = (root: string): HostInfo => ({
  kernelVersion: release(),
  osType: 'Linux',
  architecture: architectures[arch()] ?? arch(),
  nodeName: hostname(),
  cpus: cpus().length,
  operatingSystem: osRelease(),
  cgroupDriver: 'cgroupfs',
  loggingDriver: 'json-file',
  hugePageSizes: hugePages(),
  totalMemoryGb: Math.floor(totalmem() / 1024 ** 3),
  httpProxy: proxy('http_proxy'),
  httpsProxy: proxy('https_proxy'),
  noProxy: proxy('no_proxy'),
  driverName: 'overlay2',
  driverStatus: `Backing Filesystem: ${root}\nSupports d_type: true\n`,
})
