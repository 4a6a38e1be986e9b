/** Signals of the client go to the container's process, in the end to the client (CLI-RUN-09). */
import { catchSignals, signalNumberOf, type Caught } from '../streams/terminal.ts'
import { calls } from '../transport/calls.ts'
import { change, type CommandInput } from './command.ts'

/** A container that ignores signals must not hold the client for ever. */
const signalsUntilExit = 3

/** `leave` gives the terminal back. The result ends it. */
export const forwardSignals = (
  input: CommandInput,
  id: string,
  leave: () => void,
): (() => void) => {
  let count = 0
  return catchSignals((signal: Caught) => {
    if (signal === 'SIGINT' || signal === 'SIGTERM') count += 1
    if (count >= signalsUntilExit) {
      leave()
      process.exit(128 + signalNumberOf(signal))
    }
    void change(input, calls.kill, { id, signal: signalNumberOf(signal) })
  })
}

/** The client alone ends; the container goes on. */
export const endOnSignals = (leave: () => void): (() => void) =>
  catchSignals((signal) => {
    leave()
    process.exit(128 + signalNumberOf(signal))
  })
