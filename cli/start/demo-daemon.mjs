/** The daemon of the tour: on a root of its own, apart from any other isulad of the host. */
import { spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { basename } from 'node:path'

/** Everything that the tour makes lies below, but for its cgroups. */
export const place = process.env['ISULAD_DEMO'] ?? `${tmpdir()}/isulad-demo`

const socket = `${place}/isulad.sock`
const pidFile = `${place}/isulad.pid`
const output = `${place}/isulad.out`
const cgroupParent = `/${basename(place)}`

const patienceMs = 20_000
const pollMs = 20

/** The variables that lead the client to this daemon. */
export const clientEnvironment = {
  ISULAD_HOST: `unix://${socket}`,
  ISULA_RUN_DIR: `${place}/run`,
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

const eventually = async (holds) => {
  for (let ms = 0; ms < patienceMs; ms += pollMs) {
    if (await holds()) return true
    await sleep(pollMs)
  }
  return false
}

export const isAnswering = () =>
  new Promise((done) => {
    const probe = createConnection(socket)
    probe.once('connect', () => {
      probe.destroy()
      done(true)
    })
    probe.once('error', () => done(false))
  })

const spawnDaemon = (dist) => {
  const out = openSync(output, 'a', 0o600)
  const args = [
    ...['--graph', `${place}/root`, '--state', `${place}/state`],
    ...['-H', `unix://${socket}`, '-p', pidFile, '--cgroup-parent', cgroupParent],
  ]
  // A file that is not there: the host's own daemon.json is for another daemon.
  const env = {
    ...process.env,
    ISULAD_CONFIG: `${place}/daemon.json`,
    ISULA_RUN_DIR: clientEnvironment.ISULA_RUN_DIR,
  }
  const stdio = ['ignore', out, out]
  const child = spawn(`${dist}/isulad`, args, { detached: true, stdio, env, cwd: '/' })
  closeSync(out)
  child.unref()
  return child
}

/** Resolves when the daemon answers; throws with its output where it ends before. */
export const startDaemon = async (dist) => {
  mkdirSync(place, { recursive: true, mode: 0o700 })
  const child = spawnDaemon(dist)
  const ended = () => child.exitCode !== null || child.signalCode !== null
  await eventually(async () => ended() || (await isAnswering()))
  if (ended() || !(await isAnswering()))
    throw new Error(`isulad does not answer:\n${readFileSync(output, 'utf8')}`)
}

const hasEnded = (pid) => {
  const stat = `/proc/${pid}/stat`
  return !existsSync(stat) || /\) [ZX] /.test(readFileSync(stat, 'utf8'))
}

/** Ends the daemon, which must be answering, and resolves when it is gone. */
export const endDaemon = async (signal) => {
  const pid = Number(readFileSync(pidFile, 'utf8'))
  process.kill(pid, signal)
  // Its first thread may have ended while others still hold the socket.
  const isGone = async () => hasEnded(pid) && !(await isAnswering())
  if (!(await eventually(isGone))) throw new Error(`isulad (pid ${pid}) goes on.`)
  return pid
}

/** Runs the client; throws with its complaint where it fails. Answers its output. */
export const isula = (dist, args) => {
  const env = { ...process.env, ...clientEnvironment }
  const ran = spawnSync(`${dist}/isula`, args, { env, encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`isula ${args.join(' ')} failed: ${ran.stderr}`)
  return ran.stdout.trim()
}

/** Takes away what a daemon without containers leaves. */
export const removePlace = () => {
  const hierarchies = readdirSync('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}`)
  for (const hierarchy of ['/sys/fs/cgroup', ...hierarchies]) {
    const parent = `${hierarchy}${cgroupParent}`
    if (existsSync(parent)) rmdirSync(parent)
  }
  rmSync(place, { recursive: true, force: true })
}
