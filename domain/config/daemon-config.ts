/** The daemon's configuration: command line over daemon.json over defaults (CFG-SRC-01). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Ulimit } from '../container/config.ts'
import * as doc from '../container/validate/document.ts'
import type { Document } from '../container/validate/document.ts'
import { checkCgroupParent } from '../container/validate/names.ts'
import { cleanPath } from '../container/validate/paths.ts'
import { allOf, refuse, type Checked } from '../container/validate/refusal.ts'
import { checkUmaskPolicy } from '../container/validate/umask.ts'
import { checkConflicts } from './conflicts.ts'
import { readDefaultUlimits } from './default-ulimits.ts'
import { parseDuration } from './duration.ts'
import { parseFile, type ConfigFile } from './file.ts'
import { parseFlags, type CommandLine } from './flags.ts'
import { parseHosts, type Host } from './hosts.ts'
import { defaultJournalRetain, parseJournalRetain, type JournalRetain } from './journal-retain.ts'
import { checkLogLevel, readLogOptions, type LogLevel, type LogOptions } from './log-options.ts'
import { currentKeys, laterKeys } from './options.ts'
import { readRuntimes, type ConfiguredRuntime } from './runtimes.ts'
import { checkStorageDriver, checkStorageOptions, type StorageDriver } from './storage.ts'

export interface DaemonConfig {
  readonly hosts: ReadonlyArray<Host>
  /** Absolute. */
  readonly graph: string
  readonly state: string
  readonly pidfile: string
  /** Of the unix sockets; undefined: the first of `isula`, `isulad` that exists, else root. */
  readonly group: string | undefined
  /** Undefined: the first built-in runtime that passes its probe. */
  readonly defaultRuntime: string | undefined
  readonly runtimes: ReadonlyArray<ConfiguredRuntime>
  readonly cgroupParent: string
  /** 0o027 or 0o022. */
  readonly umask: number
  readonly ulimits: ReadonlyArray<Ulimit>
  /** null: no limit. */
  readonly startTimeoutMs: number | null
  readonly imageTimeoutMs: number | null
  readonly logDriver: 'file' | 'stdout'
  readonly logLevel: LogLevel
  readonly log: LogOptions
  readonly storageDriver: StorageDriver
  readonly storageOptions: ReadonlyArray<string>
  readonly journalRetain: JournalRetain
  /** CFG-KEY-01, CFG-REG-03: of the registry client to come; the defaults are all there is. */
  readonly useDecryptedKey: boolean
  readonly insecureSkipVerify: boolean
}

/** What the command line asks for. */
export type Invocation =
  | { readonly _tag: 'Help' }
  | { readonly _tag: 'Version' }
  | { readonly _tag: 'Run'; readonly config: DaemonConfig }

/** The reading of one text setting; an empty or missing text means the default (CFG-SRC-09). */
const setting =
  (settings: Document) =>
  <A>(key: string, fallback: string, read: (text: string) => Checked<A>): Checked<A> =>
    pipe(
      doc.text(settings, key),
      E.map((text) => (text === '' ? fallback : text)),
      E.chain(read),
    )

const path =
  (key: string) =>
  (text: string): Checked<string> => {
    const clean = cleanPath(text)
    return clean === undefined || clean === '/'
      ? refuse(key, `Invalid ${key} "${text}": want an absolute path other than /`)
      : E.right(clean)
  }

const optional = (text: string): Checked<string | undefined> =>
  E.right(text === '' ? undefined : text)

const engine = (text: string): Checked<string> =>
  text.toLowerCase() === 'lcr'
    ? E.right('lcr')
    : refuse('engine', `Invalid engine "${text}": want lcr`)

const networkPlugin = (text: string): Checked<string> => {
  if (text === '' || text === 'null') return E.right('')
  return text === 'cni'
    ? refuse('network-plugin', 'not supported yet: network-plugin cni')
    : refuse('network-plugin', `Invalid network-plugin "${text}": want "" or cni`)
}

const logDriver = (text: string): Checked<DaemonConfig['logDriver']> =>
  text === 'file' || text === 'stdout'
    ? E.right(text)
    : refuse('log-driver', `Invalid log-driver "${text}": want file or stdout`)

const defaultPort = 10_350

/** CFG-WS-01; only the default port can be meant until there is a streaming service. */
const websocketPort = (settings: Document): Checked<number> =>
  pipe(
    doc.integer(settings, 'websocket-server-listening-port'),
    E.chain((port) => {
      const key = 'websocket-server-listening-port'
      if (port === 0 || port === defaultPort) return E.right(defaultPort)
      return port < 1024 || port > 49_151
        ? refuse(key, `Invalid ${key} ${port}: want 1024 to 49151`)
        : refuse(key, `not supported yet: ${key} other than ${defaultPort}`)
    }),
  )

const readPlaces = (settings: Document) => {
  const read = setting(settings)
  return allOf({
    hosts: pipe(doc.texts(settings, 'hosts'), E.chain(parseHosts)),
    graph: read('graph', '/var/lib/isulad', path('graph')),
    state: read('state', '/var/run/isulad', path('state')),
    pidfile: read('pidfile', '/var/run/isulad.pid', path('pidfile')),
    group: read('group', '', optional),
    storageDriver: read('storage-driver', 'overlay2', checkStorageDriver),
    storageOptions: pipe(doc.texts(settings, 'storage-opts'), E.chain(checkStorageOptions)),
    journalRetain: read('journal-retain', defaultJournalRetain, parseJournalRetain),
  })
}

const readContainerDefaults = (settings: Document) => {
  const read = setting(settings)
  return allOf({
    defaultRuntime: read('default-runtime', '', optional),
    runtimes: readRuntimes(settings),
    cgroupParent: read('cgroup-parent', '/isulad', checkCgroupParent),
    umask: read('native.umask', 'secure', checkUmaskPolicy),
    ulimits: readDefaultUlimits(settings),
    startTimeoutMs: read('start-timeout', '2m', (text) => parseDuration('start-timeout', text)),
    imageTimeoutMs: read('image-opt-timeout', '5m', (text) =>
      parseDuration('image-opt-timeout', text),
    ),
  })
}

const readLog = (settings: Document, graph: string) => {
  const read = setting(settings)
  return allOf({
    logDriver: read('log-driver', 'file', logDriver),
    logLevel: read('log-level', 'INFO', checkLogLevel),
    log: pipe(
      doc.textMap(settings, 'log-opts'),
      E.chain((given) => readLogOptions(given, graph)),
    ),
  })
}

const decryptedKey = (settings: Document): Checked<boolean> =>
  settings.members['use-decrypted-key'] === false
    ? refuse('use-decrypted-key', 'not supported yet: use-decrypted-key false')
    : E.right(true)

/** Settings that only have to be right; nothing of the engine depends on them yet. */
const readOthers = (settings: Document) =>
  allOf({
    members: doc.checkMembers(settings, { supported: currentKeys, later: laterKeys }),
    engine: setting(settings)('engine', 'lcr', engine),
    network: setting(settings)('network-plugin', '', networkPlugin),
    port: websocketPort(settings),
    useDecryptedKey: decryptedKey(settings),
    insecureSkipVerify: doc.flag(settings, 'insecure-skip-verify-enforce'),
  })

const interpret = (settings: Document): Checked<DaemonConfig> =>
  pipe(
    readOthers(settings),
    E.chain((others) => allOf({ others: E.right(others), places: readPlaces(settings) })),
    E.chain(({ others: { useDecryptedKey, insecureSkipVerify }, places }) =>
      pipe(
        allOf({
          defaults: readContainerDefaults(settings),
          logging: readLog(settings, places.graph),
        }),
        E.map(({ defaults, logging }) => ({
          ...places,
          ...defaults,
          ...logging,
          useDecryptedKey,
          insecureSkipVerify,
        })),
      ),
    ),
  )

const run = (commandLine: CommandLine, file: ConfigFile | undefined): Checked<Invocation> =>
  pipe(
    file === undefined ? E.right({}) : parseFile(file),
    E.chainFirst((settings) => checkConflicts(commandLine.settings, settings, file?.path ?? '')),
    // Of both, the command line wins; lists are replaced, not merged (CFG-SRC-04).
    E.map((settings) => ({ name: '', members: { ...settings, ...commandLine.settings } })),
    E.chain(interpret),
    E.map((config) => ({ _tag: 'Run', config })),
  )

/** `file` is undefined where there is none, which is no error (CFG-SRC-05). */
export const daemonConfig = (
  argv: ReadonlyArray<string>,
  file: ConfigFile | undefined,
): Checked<Invocation> =>
  pipe(
    parseFlags(argv),
    E.chain((commandLine): Checked<Invocation> => {
      if (commandLine.help) return E.right({ _tag: 'Help' })
      if (commandLine.version) return E.right({ _tag: 'Version' })
      return run(commandLine, file)
    }),
  )
