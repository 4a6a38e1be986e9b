/** Tells whether a build would change anything: a hash over all that goes into it. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const folders = ['domain', 'journal', 'adapters', 'simulator', 'properties', 'cli']
const files = ['package.json', 'package-lock.json', 'tsconfig.json']

const isInput = (path) => /\.(ts|mjs|json)$/.test(path) && !/\.(test|d)\.ts$/.test(path)

const inputs = async (root) => {
  const present = folders.filter((folder) => existsSync(join(root, folder)))
  const found = await Promise.all(
    present.map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name)),
    ),
  )
  const own = files.filter((file) => existsSync(join(root, file)))
  return [...found.flat().filter(isInput), ...own].sort()
}

/** `settings` are what else the outcome depends on: the versions and options of the tools. */
export const inputsHash = async (root, settings) => {
  const hash = createHash('sha256').update(JSON.stringify(settings))
  for (const path of await inputs(root)) {
    const content = createHash('sha256')
      .update(await readFile(join(root, path)))
      .digest('hex')
    hash.update(`\n${path} ${content}`)
  }
  return hash.digest('hex')
}
