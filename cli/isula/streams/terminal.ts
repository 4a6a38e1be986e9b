/** The client's terminal: raw mode, its size, and signals that end or reach a session. */
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

export const stdinIsTerminal = (): boolean => process.stdin.isTTY === true
export const stdoutIsTerminal = (): boolean => process.stdout.isTTY === true

/** Keys go to the container as they are. The result gives the terminal back. */
export const enterRawMode = (): (() => void) => {
  if (!stdinIsTerminal()) return () => undefined
  process.stdin.setRawMode(true)
  return () => {
    process.stdin.setRawMode(false)
  }
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

const firstTries = 20
const tryAgainMs = 100

/** Tells the size now, until that works once, and at each change. The result ends it. */
export const followSize = (resize: (size: Size) => Promise<boolean>): (() => void) => {
  let stopped = false
  const first = async (): Promise<void> => {
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
