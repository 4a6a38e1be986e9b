/** The command lines of conmon for a container and for an exec (conmon(8)). */
import type { Invocation } from '../runtime/runtime-command.ts'
import type { LaunchFiles } from './monitor-files.ts'

export interface MonitorCall {
  readonly id: string
  readonly name: string
  readonly files: LaunchFiles
  readonly runtime: Invocation
  readonly log: string
  readonly terminal: boolean
  readonly openStdin: boolean
  /** Stdin outlives the clients that attach; else the first that leaves ends it. */
  readonly keepStdin: boolean
  /** Where conmon binds the socket on which the runtime hands over the terminal. */
  readonly terminalSocketDirectory: string
  /** The runtime changes the root without pivot_root(2). */
  readonly noPivot?: boolean
}

const flag = (given: boolean, name: string): ReadonlyArray<string> => (given ? [name] : [])

const shared = (call: MonitorCall): ReadonlyArray<string> => [
  ...['--api-version', '1', '-c', call.id, '-u', call.id, '-n', call.name],
  ...['-b', call.files.bundle, '-p', call.files.pidFile, '-P', call.files.monitorPidFile],
  ...['-r', call.runtime.file, ...call.runtime.args.map((arg) => `--runtime-arg=${arg}`)],
  ...['-l', call.log, '--exit-dir', call.files.exits, '--persist-dir', call.files.persist],
  '--full-attach',
  ...flag(call.terminal, '-t'),
  ...flag(call.openStdin, '-i'),
  ...flag(call.openStdin && call.keepStdin, '--leave-stdin-open'),
]

export const launchArguments = (call: MonitorCall): ReadonlyArray<string> => [
  ...shared(call),
  ...flag(call.noPivot === true, '--no-pivot'),
]

/** `awaited`: the command starts only after a client has attached. */
export const execArguments = (
  call: MonitorCall,
  processSpec: string,
  awaited: boolean,
): ReadonlyArray<string> => [
  ...shared(call),
  '--exec',
  '--exec-process-spec',
  processSpec,
  ...flag(awaited, '--exec-attach'),
]

const afterFlag = (args: ReadonlyArray<string>, flags: ReadonlyArray<string>): string[] =>
  args.flatMap((arg, i) => (flags.includes(arg) ? [args[i + 1] ?? ''] : []))

/** The directory that a conmon command line serves (`-b`), or undefined for other programs. */
export const servedBundle = (args: ReadonlyArray<string>): string | undefined =>
  /(^|\/)conmon$/.test(args[0] ?? '') ? afterFlag(args, ['-b'])[0] : undefined

/**
 * True of conmon and of the runtime calls that it makes for `directory`: their options name files
 * in it. An editor that has such a file open is not meant.
 */
export const servesDirectory = (args: ReadonlyArray<string>, directory: string): boolean => {
  const named = afterFlag(args, ['-b', '--bundle', '--pid-file', '--process'])
  return named.some((path) => path === directory || path.startsWith(`${directory}/`))
}

export interface StdinOfMonitor {
  readonly terminal: boolean
  readonly open: boolean
  readonly kept: boolean
}

/** How a running conmon treats stdin, read back from its command line. */
export const stdinOf = (args: ReadonlyArray<string>): StdinOfMonitor => ({
  terminal: args.includes('-t'),
  open: args.includes('-i'),
  kept: args.includes('--leave-stdin-open'),
})
