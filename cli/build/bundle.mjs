/** Bundles entry points and worker threads with esbuild, one self-contained file each. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { clientDefine } from './client-build.mjs'

/** The programs; one whose entry is not there yet is left out, with a note. */
export const programs = [
  { name: 'isula', entry: 'cli/isula/main.ts' },
  { name: 'isulad', entry: 'cli/isulad/main.ts' },
  { name: 'isula-audit', entry: 'cli/isula-audit/main.ts' },
  { name: 'isula-sim', entry: 'cli/isula-sim/main.ts' },
]

/** What other projects import: `isulad/properties` (`exports` in package.json leads to it). */
export const libraries = [{ name: 'properties', entry: 'properties/index.ts' }]

/** A bundled CommonJS package still calls `require` for what is built in or external. */
const banner = [
  "import { createRequire as __createRequire } from 'node:module'",
  "import { fileURLToPath as __toPath } from 'node:url'",
  'const require = __createRequire(import.meta.url)',
  'const __filename = __toPath(import.meta.url)',
  "const __dirname = __toPath(new URL('.', import.meta.url))",
].join(';')

export const external = ['koffi', 'classic-level', 'bun:*']

const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: 'linked',
  legalComments: 'linked',
  // Runs from sources only: the test runner, the compiler and esbuild itself.
  external: [...external, 'esbuild', 'typescript'],
  mainFields: ['module', 'main'],
  banner: { js: banner },
  logLevel: 'warning',
  logOverride: { 'empty-import-meta': 'error' },
}

/** Workers of tests run from the sources. */
const ofTests = ['fixtures', 'testing']

const isWorker = (path) =>
  path.endsWith('.worker.ts') && !path.split('/').some((part) => ofTests.includes(part))

const workersBelow = async (root, folder) => {
  if (!existsSync(join(root, folder))) return []
  const names = await readdir(join(root, folder), { recursive: true })
  return names.filter(isWorker).map((name) => join(folder, name))
}

const workerName = (path) => path.split('/').at(-1).replace(/\.ts$/, '')

/** Bundles lie in one folder, so two workers may not share a name. */
const namedWorkers = (paths) => {
  const byName = new Map()
  for (const path of paths) {
    const name = workerName(path)
    const other = byName.get(name)
    if (other !== undefined) throw new Error(`${path} and ${other} would be one bundle, ${name}`)
    byName.set(name, path)
  }
  return Object.fromEntries(byName)
}

/**
 * Writes `<name>.mjs` for each program and library and `<name>.worker.mjs` for each worker to
 * `outdir`.
 */
export const bundleAll = async (root, outdir) => {
  const present = programs.filter(({ entry }) => existsSync(join(root, entry)))
  const folders = ['adapters', 'journal', 'simulator']
  const workers = (await Promise.all(folders.map((f) => workersBelow(root, f)))).flat()
  const entryPoints = {
    ...Object.fromEntries([...present, ...libraries].map(({ name, entry }) => [name, entry])),
    ...namedWorkers(workers),
  }
  if (Object.keys(entryPoints).length > 0) {
    await build({
      ...options,
      absWorkingDir: root,
      entryPoints,
      outdir,
      outExtension: { '.js': '.mjs' },
      define: clientDefine(root),
    })
  }
  const missing = programs.filter((program) => !present.includes(program))
  return { present: present.map(({ name }) => name), missing: missing.map(({ name }) => name) }
}
