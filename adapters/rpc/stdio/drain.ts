/** The end of an exec's session: with its command, even if a background job holds its output. */
import type { StdioSession } from './session.ts'

/** Silence after which nothing more is expected of a command that has ended, ms. */
const silenceMs = 1_000

const silence = (finished: Promise<void>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), silenceMs)
  })
  return Promise.race([finished.then(() => false), late]).finally(() => clearTimeout(timer))
}

/** Output that a slow client still has to take is waited for, as long as the client is there. */
export const drain = async (session: StdioSession): Promise<void> => {
  while (await silence(session.finished)) if (session.unreadBytes() === 0) break
  session.close()
}
