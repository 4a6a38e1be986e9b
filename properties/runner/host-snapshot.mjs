/** What containers leave on a host: taken before and after the suite, it shows what leaked. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const retryEveryMs = 250

/** Absent, ended or not ours to read: there is nothing to see. */
const gone = new Set(['ENOENT', 'ESRCH', 'EACCES', 'ENOTDIR', 'EINVAL'])

const orNothing = (read, nothing) => {
  try {
    return read()
  } catch (error) {
    if (gone.has(error.code)) return nothing
    throw error
  }
}

const text = (path) => orNothing(() => readFileSync(path, 'utf8'), '')
const names = (path) => orNothing(() => readdirSync(path), [])
const folders = (path) =>
  orNothing(() => readdirSync(path, { withFileTypes: true }), [])
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name))

/** `36 35 98:0 /root /mount/point options … - fstype source superoptions`, proc(5). */
const mounts = () =>
  text('/proc/self/mountinfo')
    .split('\n')
    .flatMap((line) => {
      const [before, after = ''] = line.split(' - ')
      const [id, , , , point] = before.split(' ')
      const [type] = after.split(' ')
      return ['overlay', 'nsfs', 'tmpfs'].includes(type)
        ? [`${type} on ${point} (mount ${id})`]
        : []
    })

/** Cgroups of the engine and of its tests lie at most two levels below a hierarchy's root. */
const cgroups = () => {
  const hierarchies = ['/sys/fs/cgroup', ...folders('/sys/fs/cgroup')]
  const upper = hierarchies.flatMap(folders).filter((path) => path.includes('isula'))
  return [...new Set([...upper, ...upper.flatMap(folders)])].map((path) => `cgroup ${path}`)
}

const networks = () => names('/run/netns').map((name) => `network namespace ${name}`)

const isOurs = (comm, commandLine) =>
  /^(conmon|crun|runc)\b/.test(comm) || /isulad(\.mjs|\/main\.ts)/.test(commandLine)

/** `(comm)` may hold spaces and brackets, so the fields are counted from the last bracket. */
const parseStat = (stat) => {
  const comm = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { comm, state: fields[0], startTicks: fields[19] }
}

const processes = () =>
  names('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const { comm, state, startTicks } = parseStat(text(`/proc/${pid}/stat`))
      // A zombie is dead: PID 1 may take seconds to collect it.
      if (startTicks === undefined || state === 'Z' || state === 'X') return []
      const commandLine = text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
      if (!isOurs(comm, commandLine)) return []
      return [`process ${pid} started at ${startTicks}: ${commandLine.slice(0, 200)}`]
    })

/** One line for each thing that a container engine could have left. */
export const hostSnapshot = () => [...mounts(), ...cgroups(), ...networks(), ...processes()]

/** What is there now and was not in `before`; waits up to `graceMs` for it to go. */
export const leftOver = async ({ before, graceMs, take = hostSnapshot }) => {
  const known = new Set(before)
  const deadlineMs = performance.now() + graceMs
  for (;;) {
    const extra = take().filter((line) => !known.has(line))
    if (extra.length === 0 || performance.now() >= deadlineMs) return extra
    await new Promise((resolve) => setTimeout(resolve, retryEveryMs))
  }
}
