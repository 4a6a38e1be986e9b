/** The project itself in the guest, so that its tests run there: sources as plain JavaScript. */
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { loaderFile, projectDirectory, testListFile } from '../guest/tests.ts'
import { testPrograms, type RootTree } from './root-tree.ts'

const folders = ['domain', 'journal', 'adapters', 'simulator', 'properties', 'cli']

/** Each module on its own, so that paths relative to a module's place stay right. */
const translate = async (root: string, outdir: string): Promise<void> => {
  const entryPoints = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => join(root, folder, name)),
  )
  await build({
    entryPoints,
    outdir,
    outbase: root,
    bundle: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // The sources name each other with this ending.
    outExtension: { '.js': '.ts' },
    logLevel: 'warning',
  })
}

/** Node takes a file for a module by its ending alone, unless a loader says better. */
const loader = `export const load = (url, context, next) =>
  url.endsWith('.ts') ? next(url, { ...context, format: 'module' }) : next(url, context)
`
const registration = `import { register } from 'node:module'
register('./loader.mjs', import.meta.url)
`

export const addProject = async (
  tree: RootTree,
  root: string,
  tests: ReadonlyArray<string>,
): Promise<void> => {
  testPrograms.forEach((name) => tree.addProgram(name))
  await translate(root, tree.path(projectDirectory))
  for (const name of ['package.json', 'node_modules', 'dist'])
    tree.copyTree(join(root, name), `${projectDirectory}/${name}`)
  tree.write(join(dirname(loaderFile), 'loader.mjs'), loader)
  tree.write(loaderFile, registration)
  tree.write(testListFile, `${tests.join('\n')}\n`)
}
