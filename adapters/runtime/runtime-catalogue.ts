/** The runtimes that containers may name, and which binary serves each (RT-SEL-01..08). */
import { accessSync, constants } from 'node:fs'
import { rm } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { CgroupHost } from '../cgroups/hierarchies.ts'
import { errnoOf } from '../errors/errno.ts'
import { unifiedToHide, type Runtime } from './runtime-command.ts'
import { probeRuntime, runtimeKind, type ProbePlace } from './runtime-probe.ts'

/** One entry of `runtimes` in daemon.json (RT-SEL-06). */
export interface ConfiguredRuntime {
  readonly path: string
  readonly args: ReadonlyArray<string>
}

export interface CatalogueOptions {
  readonly configured: Readonly<Record<string, ConfiguredRuntime>>
  /** `default-runtime`; absent or empty: the first of crun, runc that passes the probe. */
  readonly defaultRuntime?: string
  readonly host: CgroupHost
  /** Colon separated; `/usr/sbin` and `/sbin` are searched as well. */
  readonly searchPath: string
  readonly place: ProbePlace
}

export interface RuntimeCatalogue {
  /** The name that a container without `--runtime` gets. */
  readonly defaultName: string
  readonly names: ReadonlyArray<string>
  /** Spelling as stored: `LCR` becomes `lcr` (RT-SEL-03). */
  readonly canonicalName: (name: string) => string
  readonly find: (name: string) => Runtime | undefined
  /** Why a built-in runtime was passed over, for logs and `info`. */
  readonly rejected: ReadonlyArray<string>
}

const builtIn = ['crun', 'runc'] as const

export const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return false
  }
}

const locate = (program: string, searchPath: string): string | undefined =>
  [...searchPath.split(':').filter((f) => f !== ''), '/usr/sbin', '/sbin']
    .map((folder) => `${folder}/${program}`)
    .find(isExecutable)

export const canonicalName = (name: string): string => (name.toLowerCase() === 'lcr' ? 'lcr' : name)

const describe = async (
  name: string,
  entry: ConfiguredRuntime,
  host: CgroupHost,
): Promise<Runtime> => {
  const kind = await runtimeKind(entry.path)
  const hidden = unifiedToHide(kind, host)
  const runtime = { name, path: entry.path, args: entry.args, kind }
  return hidden === undefined ? runtime : { ...runtime, hiddenMount: hidden }
}

const configuredRuntimes = (o: CatalogueOptions): Promise<ReadonlyArray<Runtime>> =>
  Promise.all(
    Object.entries(o.configured).map(([name, entry]) =>
      describe(canonicalName(name), entry, o.host),
    ),
  )

const builtInRuntimes = async (o: CatalogueOptions): Promise<ReadonlyArray<Runtime>> => {
  const found = builtIn.flatMap((name) => {
    const path = locate(name, o.searchPath)
    return path === undefined ? [] : [{ name, path }]
  })
  return Promise.all(found.map(({ name, path }) => describe(name, { path, args: [] }, o.host)))
}

/** The first that passes; the probe of the next one is not run. */
const firstWorking = async (
  candidates: ReadonlyArray<Runtime>,
  place: ProbePlace,
): Promise<{ readonly runtime?: Runtime; readonly rejected: ReadonlyArray<string> }> => {
  // What a killed daemon's probe left there is in nobody's way, but nobody's either.
  await rm(place.scratch, { recursive: true, force: true })
  const rejected: Array<string> = []
  for (const runtime of candidates) {
    const reason = await probeRuntime(runtime, place)
    if (reason === '') return { runtime, rejected }
    rejected.push(`${runtime.name}: ${reason}`)
  }
  return { rejected }
}

/** `Left`: why the daemon has no default runtime; it names what was tried. */
export const openRuntimeCatalogue = async (
  o: CatalogueOptions,
): Promise<E.Either<string, RuntimeCatalogue>> => {
  const configured = await configuredRuntimes(o)
  const plain = await builtInRuntimes(o)
  const taken = new Set(configured.map((r) => r.name))
  const all = [...configured, ...plain.filter((r) => !taken.has(r.name))]
  const { runtime: working, rejected } = await firstWorking(plain, o.place)
  const byName = new Map(all.map((r) => [r.name, r]))
  if (working !== undefined && !byName.has('lcr')) byName.set('lcr', { ...working, name: 'lcr' })
  const wanted = o.defaultRuntime ?? ''
  const defaultName = wanted === '' ? working?.name : canonicalName(wanted)
  if (defaultName === undefined) {
    return E.left(`no OCI runtime works here: ${rejected.join('; ') || 'none is installed'}`)
  }
  if (!byName.has(defaultName)) {
    return E.left(`default runtime ${wanted} is unknown; known: ${[...byName.keys()].join(', ')}`)
  }
  return E.right({
    defaultName,
    names: [...byName.keys()],
    canonicalName,
    find: (name) => byName.get(canonicalName(name)),
    rejected,
  })
}
