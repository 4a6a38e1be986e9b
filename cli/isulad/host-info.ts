/** What `isula info` tells of this host. */
import { existsSync, readFileSync, readdirSync, statfsSync } from 'node:fs'
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

/** Magic numbers of statfs(2), by the names that mount(8) uses. */
const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'extfs',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs',
  0x794c7630: 'overlayfs',
}

const fileSystemOf = (path: string): string => {
  const { type } = statfsSync(path)
  return fileSystems[type] ?? `0x${type.toString(16)}`
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
  driverStatus: `Backing Filesystem: ${fileSystemOf(root)}\nSupports d_type: true\n`,
})
