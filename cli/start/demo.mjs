/** The tour of `npm start`: a container, a kill -9 of its daemon, the same container again. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import {
  clientEnvironment,
  endDaemon,
  isAnswering,
  isula,
  place,
  removePlace,
  startDaemon,
} from './demo-daemon.mjs'

const name = 'first'

const show = (dist, ...args) => console.log(`\n$ isula ${args.join(' ')}\n${isula(dist, args)}`)

const loadImage = (dist) => {
  const archive = `${place}/busybox.tar`
  if (!existsSync(archive)) {
    console.log("\nMaking a busybox image from the host's static busybox: no registry is needed.")
    const maker = ['--import', 'tsx', 'cli/start/make-image.ts', archive]
    const made = spawnSync(process.execPath, maker, { encoding: 'utf8', cwd: `${dist}/..` })
    if (made.status !== 0) throw new Error(made.stderr)
  }
  show(dist, 'load', '-i', archive)
}

const pidOf = (dist) => isula(dist, ['inspect', '-f', '{{.State.Pid}}', name])

const containers = (dist) =>
  isula(dist, ['ps', '-aq'])
    .split('\n')
    .filter((id) => id !== '')

const isPresent = (dist) => isula(dist, ['ps', '-aq', '--filter', `name=^${name}$`]) !== ''

/** Ends the daemon and everything that the tour made. */
export const stopDemo = async (dist) => {
  if (!existsSync(place)) return console.log(`There is no demonstration at ${place}.`)
  if (!(await isAnswering())) await startDaemon(dist)
  const ids = containers(dist)
  if (ids.length > 0) isula(dist, ['rm', '-f', ...ids])
  await endDaemon('SIGTERM')
  removePlace()
  console.log(`The demonstration is over; ${place} is removed.`)
}

const killAndRestart = async (dist) => {
  const before = pidOf(dist)
  const killed = await endDaemon('SIGKILL')
  console.log(`\nisulad (pid ${killed}) was killed with SIGKILL. Starting it again …`)
  await startDaemon(dist)
  const after = pidOf(dist)
  if (before !== after)
    throw new Error(`The container changed its process: it was ${before} and is now ${after}.`)
  show(dist, 'ps')
  console.log(`\nThe container is still process ${after}: nothing was lost.`)
}

const next = (dist) => `
Next:
  export PATH=${dist}:$PATH
  export ${Object.entries(clientEnvironment)
    .map(([variable, value]) => `${variable}=${value}`)
    .join(' ')}
  isula exec -it ${name} sh       a shell inside
  isula explain ${name}           why it is in its state, event by event
  isula events --since 1        the whole history
  isula recovery show           what the restart found and did
  isula-audit verify ${place}/root
  npm start -- --stop           ends the daemon and removes everything`

/** Runs the tour, again if it likes; leaves the daemon and the container to play with. */
export const runDemo = async (dist) => {
  console.log(`\nThe daemon of this tour has a root of its own: ${place}`)
  if (!(await isAnswering())) await startDaemon(dist)
  loadImage(dist)
  if (isPresent(dist)) isula(dist, ['rm', '-f', name])
  show(dist, 'run', '-d', '--name', name, 'busybox', 'sleep', '3600')
  show(dist, 'ps')
  await killAndRestart(dist)
  show(dist, 'audit', 'verify')
  console.log(next(dist))
}
