/** Which modules a machine must load, and in which order. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface KernelModule {
  readonly name: string
  readonly data: Buffer
}

const nameOf = (path: string): string => basename(path, '.ko').replaceAll('-', '_')

/** The names in the `depends` field that the kernel's build wrote into the module. */
export const dependenciesOf = (module: Buffer): ReadonlyArray<string> => {
  const field = /\0depends=([^\0]*)\0/.exec(module.toString('latin1'))?.[1] ?? ''
  return field
    .split(',')
    .filter((name) => name !== '')
    .map((name) => name.replaceAll('-', '_'))
}

/** `wanted` and what they depend on, each after its own dependencies; built-in ones left out. */
export const modulesFor = (
  directory: string,
  wanted: ReadonlyArray<string>,
): ReadonlyArray<KernelModule> => {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  const paths = new Map(
    files.filter((f) => f.endsWith('.ko')).map((file) => [nameOf(file), join(directory, file)]),
  )
  const chosen = new Map<string, KernelModule>()
  const choose = (name: string): void => {
    const path = paths.get(name)
    if (path === undefined || chosen.has(name)) return
    const data = readFileSync(path)
    dependenciesOf(data).forEach(choose)
    chosen.set(name, { name, data })
  }
  wanted.forEach(choose)
  return [...chosen.values()]
}
