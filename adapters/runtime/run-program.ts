/** Runs one short-lived program to its end, or to its deadline. */
import { spawn, type ChildProcess } from 'node:child_process'
import { errnoOf } from '../errors/errno.ts'

export interface ProgramRequest {
  readonly file: string
  readonly args: ReadonlyArray<string>
  readonly deadlineMs: number
  readonly cwd?: string
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
const outputLimitChars = 1024 * 1024

const collect = (stream: NodeJS.ReadableStream | null): (() => string) => {
  let text = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    if (text.length < outputLimitChars) text += chunk
  })
  return () => text
}

/** The child leads its own process group and is not reaped yet, so its number is still its own. */
const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}

export const runProgram = (request: ProgramRequest): Promise<ProgramResult> =>
  new Promise((resolve) => {
    const child = spawn(request.file, request.args, {
      cwd: request.cwd ?? '/',
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const stdout = collect(child.stdout)
    const stderr = collect(child.stderr)
    const timer = setTimeout(() => {
      killGroup(child)
      resolve({ _tag: 'Late', deadlineMs: request.deadlineMs })
    }, request.deadlineMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve({ _tag: 'NotStarted', errno: errnoOf(error) ?? 'EIO', detail: error.message })
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code !== null) resolve({ _tag: 'Exited', code, stdout: stdout(), stderr: stderr() })
      else resolve({ _tag: 'Killed', signal: signal ?? 'unknown', stderr: stderr() })
    })
  })
