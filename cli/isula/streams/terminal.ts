/** The client's terminal: raw mode, its size, and signals that end or reach a session. */
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

export const stdinIsTerminal = (): boolean => process.stdin.isTTY === true

/** The process's own group and the terminal's foreground group (proc_pid_stat(5)). */
const groupFields = { own: 2, foreground: 5 } as const

/** A client in the background would be stopped by what it asks of its terminal (CLI-EXEC-09). */
export const isForeground = (): boolean => {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
  const foreground = Number(fields[groupFields.foreground])
  return foreground < 0 || foreground === Number(fields[groupFields.own])
}

/** Whether stdin may be read: a terminal in the background may not. */
export const mayReadStdin = (): boolean => !stdinIsTerminal() || isForeground()

export const stdoutIsTerminal = (): boolean => process.stdout.isTTY === true

/**
 * Keys go to the container as they are. The result gives the terminal back, which the end of the
 * process does too, however it comes.
 */
export const enterRawMode = (): (() => void) => {
  if (!stdinIsTerminal() || !isForeground()) return () => undefined
  let raw = true
  const leave = (): void => {
    if (raw) process.stdin.setRawMode(false)
    raw = false
    process.off('exit', leave)
  }
  process.stdin.setRawMode(true)
  process.on('exit', leave)
  return leave
}

export interface Size {
  readonly height: number
  readonly width: number
}

const size = (): Size | undefined => {
  const { rows, columns } = process.stdout
  return stdoutIsTerminal() && rows > 0 && columns > 0
    ? { height: rows, width: columns }
    : undefined
}

const firstTries = 200
const tryAgainMs = 10

/** One row more than there is: the change back makes programs draw anew (CLI-ATTACH-02). */
export const nudgedSize = (): Size | undefined => {
  const now = size()
  return now === undefined ? undefined : { ...now, height: now.height + 1 }
}

/**
 * Tells the size now, after `before`, until that works once, and at each change. The result ends
 * it.
 */
export const followSize = (
  resize: (size: Size) => Promise<boolean>,
  before?: Size,
): (() => void) => {
  let stopped = false
  const first = async (): Promise<void> => {
    if (before !== undefined) await resize(before)
    for (let tries = 0; tries < firstTries && !stopped; tries += 1) {
      const now = size()
      if (now === undefined || (await resize(now))) return
      await sleep(tryAgainMs)
    }
  }
  const changed = (): void => {
    const now = size()
    if (now !== undefined) void resize(now)
  }
  void first()
  process.stdout.on('resize', changed)
  return () => {
    stopped = true
    process.stdout.off('resize', changed)
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
export type Caught = (typeof signals)[number]

export const signalNumberOf = (signal: Caught): number => constants.signals[signal]

/** The result gives the signals their usual meaning back. */
export const catchSignals = (each: (signal: Caught) => void): (() => void) => {
  for (const signal of signals) process.on(signal, each)
  return () => {
    for (const signal of signals) process.off(signal, each)
  }
}
