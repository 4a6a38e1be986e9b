/** `--stop-signal` and the signal of `kill`: canonical form. */
import * as E from 'fp-ts/lib/Either.js'
import { signalName, signalNumber } from '../../oci/signals.ts'
import { refuse, type Checked } from './refusal.ts'

/** `SIGTERM` of `term` or `15`; `37` of `SIGRTMIN+3`. */
export const checkStopSignal = (text: string): Checked<string> => {
  const number = signalNumber(text)
  return number === undefined
    ? refuse('ContainerConfig.StopSignal', `Invalid signal: ${text}: want a name or 1 to 64`)
    : E.right(signalName(number))
}
