/** Who holds the ownership lock, told from the lock file's text; nobody opens LevelDB's LOCK. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { ProcessIdentity } from '../../domain/identity.ts'
import { bytesOf } from './directory-files.ts'

const lockName = 'journal.lock'
export const lockPath = (root: string): string => join(root, lockName)

/** Text of the lock file: JSON {boot, pid, startTicks}. */
export const holderText = (holder: ProcessIdentity): string =>
  `${JSON.stringify({ boot: holder.boot, pid: holder.pid, startTicks: holder.startTicks })}\n`

export const parseHolder = (text: string): ProcessIdentity | undefined => {
  try {
    const decoded = ProcessIdentity.decode(JSON.parse(text))
    return E.isRight(decoded) ? decoded.right : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const textOf = (path: string): string | undefined => {
  const bytes = bytesOf(path)
  return typeof bytes === 'string' ? undefined : bytes.toString('utf8')
}

/** proc(5) stat field 22, counted behind the command's closing parenthesis. */
const startTicksOf = (pid: number): number | undefined => {
  const stat = textOf(`/proc/${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie with more threads than one lives: only its first thread has ended.
  const hasEnded = fields?.[0] === 'Z' && Number(fields[17]) <= 1
  return fields === undefined || hasEnded ? undefined : Number(fields[19])
}

/** The daemon that wrote the lock file, if that very process is alive in this boot. */
export const liveHolder = (root: string): ProcessIdentity | undefined => {
  const text = textOf(lockPath(root))
  const holder = text === undefined ? undefined : parseHolder(text)
  if (holder === undefined) return undefined
  const boot = textOf('/proc/sys/kernel/random/boot_id')?.trim()
  if (boot !== holder.boot) return undefined
  return startTicksOf(holder.pid) === holder.startTicks ? holder : undefined
}
