/** The users that every simulated image knows by name; numbers need no account (CLI-USER-03). */
import { notApplied, type EffectError } from '../../domain/ports/answer.ts'

const names = new Set(['root', 'guest'])

/** `EUSER` where a user or its group has a name that no simulated image knows. */
export const refusedUser = (user: string): EffectError | undefined => {
  const parts = user === '' ? [] : user.split(':')
  const unknown = parts.find((part) => !/^[0-9]+$/.test(part) && !names.has(part))
  return unknown === undefined ? undefined : notApplied('EUSER', `unable to find user ${unknown}`)
}
