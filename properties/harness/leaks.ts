/** What a daemon of the tests has on the host: anything that no live container owns is a leak. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { errnoOf } from '../../journal/forensic/directory-files.ts'

/** Where a daemon keeps its things. */
export interface Place {
  readonly directory: string
  readonly root: string
  readonly state: string
  readonly cgroupParent: string
  readonly isRunning: boolean
  readonly pid: number
}

export interface Holdings {
  readonly mounts: ReadonlyArray<string>
  readonly cgroups: ReadonlyArray<string>
  /** Live, non-zombie processes that name the daemon's directory or sit in its cgroups. */
  readonly processes: ReadonlyArray<string>
  /** Run directories, runtime states, client FIFOs: paths. */
  readonly files: ReadonlyArray<string>
}

const mountsBelow = (directory: string): ReadonlyArray<string> =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${directory}/`))

const list = (directory: string): ReadonlyArray<string> =>
  existsSync(directory) ? readdirSync(directory) : []

const cgroupsBelow = (parent: string): ReadonlyArray<string> =>
  // A unified hierarchy is mounted at the top itself.
  ['', ...list('/sys/fs/cgroup').map((hierarchy) => `/${hierarchy}`)].flatMap((hierarchy) => {
    const base = `/sys/fs/cgroup${hierarchy}${parent}`
    return list(base)
      .map((name) => `${base}/${name}`)
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
  })

/** A process may end between the listing and the reading: then it is no holding. */
const readProcess = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return ''
    throw error
  }
}

const isZombie = (pid: string): boolean => /\) [ZX] /.test(readProcess(pid, 'stat'))

const cgroupOf = (pid: string): string => readProcess(pid, 'cgroup').split('\n')[0] ?? ''

const processesOf = (daemon: Place): ReadonlyArray<string> => {
  const own = new Set([String(process.pid), daemon.isRunning ? String(daemon.pid) : ''])
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && !own.has(name) && !isZombie(name))
    .map((pid) => ({ pid, command: readProcess(pid, 'cmdline').replaceAll('\0', ' ') }))
    .filter(
      ({ pid, command }) =>
        command.includes(daemon.directory) ||
        readProcess(pid, 'cgroup').includes(`${daemon.cgroupParent}/`),
    )
    .map(({ pid, command }) => `${pid} ${command} ${cgroupOf(pid)}`)
}

const isId = (name: string): boolean => /^[0-9a-f]{64}$/.test(name)

const filesOf = (daemon: Place): ReadonlyArray<string> => {
  const runtimes = list(daemon.state).filter((name) => !name.startsWith('.'))
  const below = (directory: string): ReadonlyArray<string> =>
    list(directory)
      .filter(isId)
      .map((name) => `${directory}/${name}`)
  return [
    ...runtimes.flatMap((r) => below(`${daemon.state}/${r}`)),
    ...runtimes.flatMap((r) => below(`${daemon.state}/${r}/.runtime`)),
    ...list(`${daemon.root}/engines`).flatMap((r) => below(`${daemon.root}/engines/${r}`)),
    ...below(`${daemon.root}/storage/overlay-containers`),
    ...below(`${daemon.directory}/run/isula`),
    ...list(`${daemon.root}/storage/staging`).map((n) => `${daemon.root}/storage/staging/${n}`),
  ]
}

export const holdings = (daemon: Place): Holdings => ({
  mounts: mountsBelow(daemon.directory),
  cgroups: cgroupsBelow(daemon.cgroupParent),
  processes: processesOf(daemon),
  files: filesOf(daemon),
})

const all = (h: Holdings): ReadonlyArray<string> => [
  ...h.mounts.map((m) => `mount ${m}`),
  ...h.cgroups.map((c) => `cgroup ${c}`),
  ...h.processes.map((p) => `process ${p}`),
  ...h.files.map((f) => `file ${f}`),
]

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** What belongs to none of `ids`; clients and the kernel get 5 s to finish what they are doing. */
export const leaks = async (
  daemon: Place,
  ids: ReadonlyArray<string> = [],
): Promise<ReadonlyArray<string>> => {
  const foreign = (): ReadonlyArray<string> =>
    all(holdings(daemon)).filter((line) => !ids.some((id) => line.includes(id)))
  for (let n = 0; n < 50; n += 1) {
    if (foreign().length === 0) return []
    await pause(100)
  }
  return foreign()
}
