/** The tour of `npm start`: a daemon, a container, a kill -9, the same container again. */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'

const place = process.env['ISULAD_DEMO'] ?? `${tmpdir()}/isulad-demo`
const socket = `${place}/isulad.sock`
const pidFile = `${place}/isulad.pid`
const name = 'first'

const say = (text) => console.log(text)
const fail = (text) => {
  console.error(text)
  process.exit(1)
}

const daemonArguments = [
  ...['--graph', `${place}/root`, '--state', `${place}/state`],
  ...['-H', `unix://${socket}`, '-p', pidFile, '--cgroup-parent', '/isulad-demo'],
]

const answers = () =>
  new Promise((done) => {
    const probe = createConnection(socket)
    probe.once('connect', () => {
      probe.destroy()
      done(true)
    })
    probe.once('error', () => done(false))
  })

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

const startDaemon = async (dist) => {
  const out = openSync(`${place}/isulad.out`, 'a')
  const child = spawn(`${dist}/isulad`, daemonArguments, {
    detached: true,
    stdio: ['ignore', out, out],
  })
  closeSync(out)
  child.unref()
  for (let n = 0; n < 500; n += 1) {
    if (await answers()) return child
    if (child.exitCode !== null)
      fail(`isulad ended at its start:\n${readFileSync(`${place}/isulad.out`, 'utf8')}`)
    await sleep(20)
  }
  return fail('isulad did not answer within 10 s')
}

const isula = (dist, args, quiet = false) => {
  if (!quiet) say(`\n$ isula ${args.join(' ')}`)
  const env = { ...process.env, ISULAD_HOST: `unix://${socket}`, ISULA_RUN_DIR: `${place}/run` }
  const ran = spawnSync(`${dist}/isula`, args, { env, encoding: 'utf8' })
  if (!quiet && ran.stdout !== '') process.stdout.write(ran.stdout)
  if (ran.status !== 0) fail(`isula ${args.join(' ')} failed: ${ran.stderr}`)
  return ran.stdout.trim()
}

const kill9 = async (child) => {
  const gone = new Promise((done) => child.once('exit', done))
  process.kill(child.pid, 'SIGKILL')
  await gone
}

const loadImage = (dist) => {
  const archive = `${place}/busybox.tar`
  if (!existsSync(archive)) {
    say(`\nMaking a busybox image from the host's static busybox (no registry is needed).`)
    const maker = ['--import', 'tsx', 'cli/start/make-image.ts', archive]
    const made = spawnSync(process.execPath, maker, { encoding: 'utf8', cwd: `${dist}/..` })
    if (made.status !== 0) fail(made.stderr)
  }
  isula(dist, ['load', '-i', archive])
}

const pidOf = (dist) => isula(dist, ['inspect', '-f', '{{.State.Pid}}', name], true)

const present = (dist) =>
  isula(dist, ['ps', '-a', '--format', '{{.Names}}'], true).split('\n').includes(name)

/** Ends the daemon and everything that the tour made. */
export const stopDemo = async (dist) => {
  if (!existsSync(place)) return
  if (!(await answers())) await startDaemon(dist)
  const ids = isula(dist, ['ps', '-aq'], true)
    .split('\n')
    .filter((id) => id !== '')
  if (ids.length > 0) isula(dist, ['rm', '-f', ...ids], true)
  const pid = Number(readFileSync(pidFile, 'utf8'))
  process.kill(pid, 'SIGTERM')
  for (let n = 0; n < 500 && existsSync(pidFile); n += 1) await sleep(20)
  rmSync(place, { recursive: true, force: true })
  say(`The demonstration is over; ${place} is removed.`)
}

/** Runs the tour; leaves the daemon and the container for the reader to play with. */
export const runDemo = async (dist) => {
  if (await answers()) fail(`A demonstration runs already: npm start -- --stop ends it.`)
  mkdirSync(place, { recursive: true, mode: 0o700 })
  say(`Starting isulad on a root of its own: ${place}`)
  const first = await startDaemon(dist)
  loadImage(dist)
  if (present(dist)) isula(dist, ['rm', '-f', name], true)
  isula(dist, ['run', '-d', '--name', name, 'busybox', 'sleep', '3600'])
  isula(dist, ['ps'])
  const before = pidOf(dist)
  say(`\nKilling isulad (pid ${first.pid}) with SIGKILL …`)
  await kill9(first)
  await startDaemon(dist)
  const after = pidOf(dist)
  isula(dist, ['ps'])
  if (before !== after) fail(`the container changed its process: ${before}, now ${after}`)
  say(`\nThe container is still process ${after}: nothing was lost.`)
  isula(dist, ['audit', 'verify'])
  say(`
Next:
  export ISULAD_HOST=unix://${socket} ISULA_RUN_DIR=${place}/run PATH=${dist}:$PATH
  isula exec -it ${name} sh        a shell inside
  isula explain ${name}            why it is in its state, event by event
  isula events --since 1          the whole history
  isula recovery show             what the restart found and did
  isula-audit verify ${place}/root
  npm start -- --stop             ends the daemon and removes everything`)
}
