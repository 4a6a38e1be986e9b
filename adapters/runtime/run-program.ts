/** Runs one short-lived program to its end, or to its deadline. */
import { once } from 'node:events'
import { spawnChild } from '../kernel/child.ts'

export interface ProgramRequest {
  readonly file: string
  readonly args: ReadonlyArray<string>
  readonly deadlineMs: number
  readonly cwd?: string
  /** Characters of one stream that are kept; a megabyte unless given. */
  readonly outputLimitChars?: number
  /** Ends the program when nobody waits for it any more; the result is then `Killed`. */
  readonly signal?: AbortSignal
}

export type ProgramResult =
  | {
      readonly _tag: 'Exited'
      readonly code: number
      readonly stdout: string
      readonly stderr: string
    }
  | { readonly _tag: 'Killed'; readonly signal: string; readonly stderr: string }
  | { readonly _tag: 'Late'; readonly deadlineMs: number }
  | { readonly _tag: 'NotStarted'; readonly errno: string; readonly detail: string }

/** Enough for any state document or error text; more is dropped, never waited for. */
const usualLimitChars = 1024 * 1024

const environment = (): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
})

interface Collected {
  readonly text: () => string
  /** When the last holder of the other end has closed it. */
  readonly closed: Promise<unknown>
}

const collect = (stream: NodeJS.ReadableStream | undefined, limitChars: number): Collected => {
  let text = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    if (text.length < limitChars) text += chunk
  })
  return {
    text: () => text,
    closed: stream === undefined ? Promise.resolve() : once(stream, 'close'),
  }
}

export const runProgram = async (request: ProgramRequest): Promise<ProgramResult> => {
  const { file, args, deadlineMs } = request
  const child = await spawnChild({
    file,
    args,
    env: environment(),
    cwd: request.cwd ?? '/',
    stdio: ['ignore', 'read', 'read'],
  })
  if (!child.ok) {
    const { errno } = child
    return { _tag: 'NotStarted', errno, detail: `spawn ${file} ${errno}` }
  }
  const { exited, streams, killGroup } = child.value
  const { outputLimitChars = usualLimitChars, signal } = request
  const [stdout, stderr] = [
    collect(streams[1], outputLimitChars),
    collect(streams[2], outputLimitChars),
  ]
  signal?.addEventListener('abort', killGroup)
  if (signal?.aborted === true) killGroup()
  const ended = async (): Promise<ProgramResult> => {
    const [exit] = await Promise.all([exited, stdout.closed, stderr.closed])
    return exit._tag === 'Exited'
      ? { _tag: 'Exited', code: exit.code, stdout: stdout.text(), stderr: stderr.text() }
      : { _tag: 'Killed', signal: exit.signal, stderr: stderr.text() }
  }
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      killGroup()
      resolve({ _tag: 'Late', deadlineMs })
    }, deadlineMs)
    ended()
      .finally(() => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', killGroup)
      })
      .then(resolve, reject)
  })
}
