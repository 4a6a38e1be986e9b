/** `npm start`: from a fresh clone to a running container, a simulated one without root. */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { admission } from './admission.mjs'
import { buildOnce } from './build-once.mjs'
import { runDemo, stopDemo } from './demo.mjs'
import { enginePrograms, ensurePackages, ensurePrograms } from './prerequisites.mjs'
import { runSimulatedDemo } from './simulated-demo.mjs'

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const dist = `${project}/dist`

const usage = `Usage:
  npm start                 installs what is missing, builds, and gives a tour: on the simulated
                            host without root or off Linux
  npm start -- --simulated  the tour on the simulated host
  npm start -- --stop       ends the tour's daemon and container with all that they made`

const start = async () => {
  ensurePackages(project)
  const missing = ensurePrograms(enginePrograms)
  if (missing.length > 0) throw new Error(`The tour needs ${missing.join(', ')} on PATH.`)
  buildOnce(project)
  await runDemo(dist)
}

const startSimulated = (why) => {
  ensurePackages(project)
  buildOnce(project)
  runSimulatedDemo(project, why)
}

const stop = async () => {
  // Only to end what runs, the last build will do, however old.
  if (!existsSync(`${dist}/isulad`)) {
    ensurePackages(project)
    buildOnce(project)
  }
  await stopDemo(dist)
}

const options = ['--stop', '--simulated']

const main = async (args) => {
  const unknown = args.find((arg) => !options.includes(arg))
  if (unknown !== undefined) throw new Error(`${unknown} is unknown.\n${usage}`)
  const refusal = admission(process.platform, process.getuid?.())
  if (args.includes('--stop')) {
    if (refusal !== undefined) throw new Error(refusal)
    await stop()
  } else if (args.includes('--simulated')) startSimulated('No container is run, as you wish.')
  else if (refusal !== undefined) startSimulated(refusal)
  else await start()
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
