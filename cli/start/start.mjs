/** `npm start`: from a fresh clone to a running container, installing what is missing. */
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPackages, installPrograms } from './prerequisites.mjs'

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const dist = `${project}/dist`

if (process.platform !== 'linux' || process.getuid?.() !== 0) {
  const why = process.platform === 'linux' ? 'root' : 'Linux'
  console.error(`isulad runs real containers, which needs ${why}: start this as root on Linux.`)
  process.exit(1)
}

const { runDemo, stopDemo } = await import('./demo.mjs')
installPackages(project)
installPrograms()
const { build } = await import('./build-once.mjs')
await build(project)
if (process.argv.includes('--stop')) await stopDemo(dist)
else await runDemo(dist)
