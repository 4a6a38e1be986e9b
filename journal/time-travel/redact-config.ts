/** Redacted copies of configurations: environment, arguments, labels and paths are replaced. */
import type { HostConfig, Mount, ProcessConfig } from '../../domain/container/config.ts'
import type { ExecProcess } from '../../domain/ports/process-ports.ts'
import type { Placeholders } from './placeholders.ts'

/** `NAME=value` keeps its name. */
const environment = (p: Placeholders, entries: ReadonlyArray<string>): ReadonlyArray<string> =>
  entries.map((entry) => {
    const at = entry.indexOf('=')
    return at < 0 ? entry : `${entry.slice(0, at + 1)}${p.of('env', entry.slice(at + 1))}`
  })

/** The program's name stays. */
const args = (p: Placeholders, words: ReadonlyArray<string>, kept: number): ReadonlyArray<string> =>
  words.map((word, i) => (i < kept ? word : p.of('arg', word)))

const labels = (p: Placeholders, all: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).map(([name, value]) => [p.of('label', name), p.of('label', value)]),
  )

/** `source:target:options`; a name of a volume is no path and stays. */
const bind = (p: Placeholders, text: string): string =>
  text
    .split(':')
    .map((part) => (part.startsWith('/') ? p.of('path', part) : part))
    .join(':')

/** Names of volumes stay, as those of containers do. */
const redactMount = (p: Placeholders, mount: Mount): Mount => {
  const Target = p.of('path', mount.Target)
  return mount.Type === 'bind'
    ? { ...mount, Source: p.of('path', mount.Source), Target }
    : { ...mount, Target }
}

export const redactHost = (p: Placeholders, host: HostConfig): HostConfig => ({
  ...host,
  Binds: host.Binds.map((text) => bind(p, text)),
  Mounts: host.Mounts.map((mount) => redactMount(p, mount)),
  Tmpfs: Object.fromEntries(
    Object.entries(host.Tmpfs).map(([path, options]) => [p.of('path', path), options]),
  ),
  Dns: host.Dns.map((server) => p.of('address', server)),
  DnsSearch: host.DnsSearch.map((domain) => p.of('host', domain)),
  ExtraHosts: host.ExtraHosts.map((entry) => p.of('host', entry)),
  ExternalRootfs: host.ExternalRootfs === '' ? '' : p.of('path', host.ExternalRootfs),
})

export const redactProcess = (p: Placeholders, process: ProcessConfig): ProcessConfig => ({
  ...process,
  Hostname: process.Hostname === 'localhost' ? 'localhost' : p.of('host', process.Hostname),
  Env: environment(p, process.Env),
  Entrypoint: args(p, process.Entrypoint, 1),
  Cmd: args(p, process.Cmd, process.Entrypoint.length === 0 ? 1 : 0),
  Labels: labels(p, process.Labels),
  Annotations: labels(p, process.Annotations),
})

export const redactExec = (p: Placeholders, process: ExecProcess): ExecProcess => ({
  ...process,
  args: args(p, process.args, 1),
  env: environment(p, process.env),
})

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const words = (value: unknown): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const safeMembers = ['architecture', 'os', 'variant', 'created', 'rootfs'] as const
const safeSettings = ['User', 'WorkingDir', 'StopSignal', 'ExposedPorts'] as const

const picked = (from: Json, names: ReadonlyArray<string>): Json =>
  Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name]]] : [])))

const imageSettings = (p: Placeholders, settings: Json): Json => {
  const entrypoint = words(settings['Entrypoint'])
  const all = settings['Labels']
  const given = isObject(all) ? Object.entries(all).map(([k, v]) => [k, String(v)]) : []
  return {
    ...picked(settings, safeSettings),
    Env: environment(p, words(settings['Env'])),
    Entrypoint: args(p, entrypoint, 1),
    Cmd: args(p, words(settings['Cmd']), entrypoint.length === 0 ? 1 : 0),
    Labels: labels(p, Object.fromEntries(given) as Record<string, string>),
  }
}

/** Only what is known to be harmless stays of an image's config file. */
export const redactImageConfig = (p: Placeholders, text: string): string => {
  const config = parsed(text)
  if (!isObject(config)) return p.of('config', text)
  const settings = config['config']
  return JSON.stringify({
    ...picked(config, safeMembers),
    ...(isObject(settings) ? { config: imageSettings(p, settings) } : {}),
  })
}
