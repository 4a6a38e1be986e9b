/** Processes as the tests see them, by pid and start ticks. */
import { readdirSync, readFileSync } from 'node:fs'
import { isAlive, identityOf } from '../../adapters/kernel/proc.ts'
import type { ProcessIdentity } from '../../domain/identity.ts'

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Polls until `probe` answers something else than undefined or false. */
export const eventually = async <A>(
  what: string,
  probe: () => Promise<A | undefined | false> | A | undefined | false,
  ms = 10_000,
): Promise<A> => {
  const end = Date.now() + ms
  while (Date.now() < end) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    await pause(25)
  }
  throw new Error(`not within ${ms} ms: ${what}`)
}

/** The identity of a live process of ours. */
export const identify = (pid: number): ProcessIdentity => {
  const identity = identityOf(pid)
  if (identity === undefined) throw new Error(`process ${pid} is gone`)
  return identity
}

export { isAlive }

/** Pids of conmon monitors whose command line names `text` (a container id or a directory). */
export const monitorsOf = (text: string): ReadonlyArray<number> =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return command.includes('conmon') && command.includes(text)
      } catch (error) {
        if (error instanceof Error) return false
        throw error
      }
    })
