/** Copies the packages that cannot be bundled, with what they need at run time and no more. */
import { cp, readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

const roots = ['koffi', 'classic-level']

/** Headers for compiling: never loaded. */
const compileOnly = new Set(['napi-macros'])

/** Folders with foreign sources, documents or other platforms' binaries. */
const isUnneeded = (name, parent) =>
  ['deps', 'doc', 'vendor', 'test', 'benchmark', '.github', 'node_modules'].includes(name) ||
  (parent.endsWith('/prebuilds') && name !== `linux-${process.arch}`)

const isRunTimeFile = (name) => /\.(c?js|mjs|json|node)$|^licen[cs]e/i.test(name)

/** The folder of `name` as Node would find it from `from`, or undefined if it is not installed. */
const locate = (name, from, root) => {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return candidate
    if (folder === root || folder === dirname(folder)) return undefined
  }
}

const manifestOf = async (folder) =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))

/** All package folders that `roots` need; optional ones (other platforms) if installed. */
const closure = async (root) => {
  const found = new Set()
  const visit = async (name, from, optional) => {
    const folder = locate(name, from, root)
    if (folder === undefined) {
      if (optional) return
      throw new Error(`package ${name} is not installed`)
    }
    if (found.has(folder) || compileOnly.has(name)) return
    found.add(folder)
    const { dependencies = {}, optionalDependencies = {} } = await manifestOf(folder)
    for (const needed of Object.keys(dependencies)) await visit(needed, folder, false)
    for (const wanted of Object.keys(optionalDependencies)) await visit(wanted, folder, true)
  }
  for (const name of roots) await visit(name, root, false)
  return [...found]
}

const copyPackage = (from, to, packageFolder) =>
  cp(from, to, {
    recursive: true,
    filter: async (source) => {
      if (source === from) return true
      const name = basename(source)
      const parent = join(packageFolder, relative(from, dirname(source)))
      return name.includes('.') || isRunTimeFile(name)
        ? isRunTimeFile(name) && name !== 'cnoke.cjs'
        : !isUnneeded(name, parent)
    },
  })

export const copyNativePackages = async (root, dist) => {
  const modules = join(root, 'node_modules')
  for (const folder of await closure(root)) {
    const path = relative(modules, folder)
    await copyPackage(folder, join(dist, 'node_modules', path), path)
  }
}
