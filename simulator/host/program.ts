/** What the process in a simulated container does when it runs. */

export interface Program {
  /** By itself after so many ms; absent: it runs until it is told to end. */
  readonly ends?: { readonly afterMs: number; readonly code: number }
  /** Ignores every signal but SIGKILL. */
  readonly deaf?: boolean
  /** Somebody kills its monitor so many ms after the start. */
  readonly losesMonitorAfterMs?: number
  /** The runtime's text when `start` fails. */
  readonly startFails?: string
  /** The runtime's text when `create` fails. */
  readonly launchFails?: string
}

export const forever: Program = {}

export const exits = (code: number, afterMs: number): Program => ({ ends: { afterMs, code } })

/** The program of the n-th incarnation (from 1); the last one given stays. */
export const programOf = (programs: ReadonlyArray<Program>, attempt: number): Program =>
  programs[Math.min(attempt, programs.length) - 1] ?? forever

/** `exit CODE AFTER_MS` ends so; anything else runs for ever. */
export const execProgram = (args: ReadonlyArray<string>): Program => {
  const [verb, code, afterMs] = args
  if (verb === 'fail') return { startFails: 'executable file `fail` not found in $PATH' }
  return verb === 'exit' ? exits(Number(code ?? '0'), Number(afterMs ?? '0')) : forever
}
