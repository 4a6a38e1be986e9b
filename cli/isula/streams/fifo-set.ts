/** The FIFOs of one session with a container's process (spec 22 section 5). */
import { closeSync, constants, mkdirSync, openSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFifos } from './make-fifo.ts'

export interface FifoSet {
  /** Empty where the client holds no stdin. */
  readonly stdin: string
  readonly stdout: string
  readonly stderr: string
  readonly remove: () => void
}

let made = 0

/** `/var/run`, except in tests. */
const runPath = (env: Readonly<Record<string, string | undefined>>): string =>
  env['ISULA_RUN_DIR'] || '/var/run'

const hasCode = (error: unknown, ...codes: ReadonlyArray<string>): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

export interface FifoRequest {
  readonly containerId: string
  readonly kind: 'start' | 'exec'
  readonly stdin: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Throws where the run folder is not writable. */
export const makeFifoSet = async (request: FifoRequest): Promise<FifoSet> => {
  const parent = join(runPath(request.env), 'isula', request.containerId)
  made += 1
  const folder = join(parent, `${request.kind}-${process.pid}-${made}`)
  mkdirSync(parent, { recursive: true, mode: 0o770 })
  // Left by a killed client that had the same pid.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o770 })
  const [stdin, stdout, stderr] = ['in', 'out', 'err'].map((name) => join(folder, name))
  if (stdin === undefined || stdout === undefined || stderr === undefined)
    throw new Error('three names make three paths')
  await makeFifos(request.stdin ? [stdin, stdout, stderr] : [stdout, stderr])
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true })
    removeIfEmpty(dirname(folder))
  }
  return { stdin: request.stdin ? stdin : '', stdout, stderr, remove }
}

/** Other sessions with the container have their folders beside this one. */
const removeIfEmpty = (folder: string): void => {
  try {
    rmdirSync(folder)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error
  }
}

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants

/** Keeps both ends open, so that no open of a reader or writer waits and no EOF comes early. */
export const holdBothEnds = (path: string): number => openSync(path, O_RDWR | O_NONBLOCK)

/** A write end without a read end of our own: it sees EPIPE when the daemon has closed. */
export const openWriteEnd = (path: string): number => {
  const reader = openSync(path, O_RDONLY | O_NONBLOCK)
  try {
    return openSync(path, O_WRONLY | O_NONBLOCK)
  } finally {
    closeSync(reader)
  }
}

/** Whether somebody has the FIFO open for reading: only then does this open succeed (fifo(7)). */
export const hasReader = (path: string): boolean => {
  try {
    closeSync(openSync(path, O_WRONLY | O_NONBLOCK))
    return true
  } catch (error) {
    if (hasCode(error, 'ENXIO', 'ENOENT')) return false
    throw error
  }
}
