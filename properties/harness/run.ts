/** Runs one program to its end and keeps what it said. */
import { spawn } from 'node:child_process'

export interface Ran {
  /** null when it was ended by a signal or by the time limit. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Time limit; default 60 s. */
  readonly ms?: number
  readonly cwd?: string
}

export const run = (
  file: string,
  args: ReadonlyArray<string>,
  options: RunOptions = {},
): Promise<Ran> =>
  new Promise((done) => {
    const child = spawn(file, args, {
      env: { ...process.env, ...options.env },
      cwd: options.cwd,
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout?.on('data', (b: Buffer) => out.push(b))
    child.stderr?.on('data', (b: Buffer) => err.push(b))
    const timer = setTimeout(() => child.kill('SIGKILL'), options.ms ?? 60_000)
    const end = (code: number | null, more = ''): void => {
      clearTimeout(timer)
      const stderr = Buffer.concat(err).toString('utf8') + more
      done({ code, stdout: Buffer.concat(out).toString('utf8'), stderr })
    }
    child.once('error', (error) => end(null, error.message))
    child.once('close', (code) => end(code))
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.stdin)
  })
