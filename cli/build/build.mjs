/** `npm run build`: bundles, executables and native packages in dist, which runs anywhere. */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleAll } from './bundle.mjs'
import { compileClient, findBun } from './compile-client.mjs'
import { writeLauncher } from './launchers.mjs'
import { declareLibrary } from './library-types.mjs'
import { copyNativePackages } from './native-packages.mjs'
import { writeShare } from './share.mjs'
import { inputsHash } from './stamp.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** The Node form of the client is always there; `isula` is the compiled one where Bun exists. */
const makeClient = async (dist, bun) => {
  await writeLauncher(dist, 'isula-node', 'isula')
  const outfile = join(dist, 'isula')
  if (bun === undefined) await writeLauncher(dist, 'isula')
  else await compileClient({ bun, root, entry: join(root, 'cli/isula/main.ts'), outfile })
  return bun === undefined ? 'isula runs on Node: no Bun is installed' : undefined
}

const makeProgram = (dist, name, bun) =>
  name === 'isula' ? makeClient(dist, bun) : writeLauncher(dist, name)

/** Fills `dist`; answers the notes that a reader of the build's output should see. */
const fill = async (dist, bun) => {
  await mkdir(join(dist, 'lib'), { recursive: true })
  const typed = declareLibrary(root, join(dist, 'types'))
  const [{ present, missing }] = await Promise.all([bundleAll(root, join(dist, 'lib')), typed])
  await copyNativePackages(root, dist)
  await writeShare(root, dist)
  await copyFile(join(root, 'LICENSE'), join(dist, 'LICENSE'))
  await writeFile(join(dist, 'package.json'), '{ "type": "module", "private": true }\n')
  const notes = await Promise.all(present.map((name) => makeProgram(dist, name, bun)))
  return {
    built: present,
    notes: [
      ...notes.filter((note) => note !== undefined),
      ...missing.map((name) => `${name} is left out: it has no entry yet`),
    ],
  }
}

/** Replaces `target` in two renames, so that nobody ever sees half of a new dist. */
const swapIn = async (fresh, target, old) => {
  await rm(old, { recursive: true, force: true })
  if (existsSync(target)) await rename(target, old)
  await rename(fresh, target)
  await rm(old, { recursive: true, force: true })
}

const stampOf = async (dist) => {
  const path = join(dist, '.stamp')
  return existsSync(path) ? await readFile(path, 'utf8') : undefined
}

const main = async () => {
  const startedMs = Date.now()
  const dist = join(root, 'dist')
  const staging = join(root, '.tests', `build-${process.pid}`)
  const bun = await findBun(root)
  const settings = { node: process.version, arch: process.arch, bun: bun !== undefined }
  const hash = await inputsHash(root, settings)
  if (!process.argv.includes('--force') && (await stampOf(dist)) === hash) {
    console.log('dist is up to date')
    return
  }
  try {
    const { built, notes } = await fill(staging, bun)
    await writeFile(join(staging, '.stamp'), hash)
    await swapIn(staging, dist, `${staging}.old`)
    for (const note of notes) console.log(`note: ${note}`)
    console.log(`built ${built.join(', ') || 'nothing'} in ${Date.now() - startedMs} ms`)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

await main()
