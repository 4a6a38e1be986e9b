/** `npm start`: from a fresh clone to a running container, installing what is missing. */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { admission } from './admission.mjs'
import { buildOnce } from './build-once.mjs'
import { runDemo, stopDemo } from './demo.mjs'
import { enginePrograms, ensurePackages, ensurePrograms } from './prerequisites.mjs'

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const dist = `${project}/dist`

const usage = `Usage: npm start            installs what is missing, builds, and gives a tour
       npm start -- --stop  ends the tour's daemon and container and removes what they made`

const start = async () => {
  ensurePackages(project)
  const missing = ensurePrograms(enginePrograms)
  if (missing.length > 0) throw new Error(`The tour needs ${missing.join(', ')} on PATH.`)
  buildOnce(project)
  await runDemo(dist)
}

const stop = async () => {
  // Only to end what runs, the last build will do, however old.
  if (!existsSync(`${dist}/isulad`)) {
    ensurePackages(project)
    buildOnce(project)
  }
  await stopDemo(dist)
}

const main = async (args) => {
  const unknown = args.find((arg) => arg !== '--stop')
  if (unknown !== undefined) throw new Error(`${unknown} is unknown.\n${usage}`)
  const refusal = admission(process.platform, process.getuid?.())
  if (refusal !== undefined) throw new Error(refusal)
  await (args.includes('--stop') ? stop() : start())
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
