/** Runs one program to its end or its deadline, with its output kept. */
import { spawn } from 'node:child_process'

const keptBytes = 256 * 1024

/** How long output may still come after a program has ended but left its pipe to a child. */
const drainMs = 500

const running = new Set()

const killGroup = (pid) => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // The group may have ended by itself in the meantime.
    if (error.code !== 'ESRCH') throw error
  }
}

/** Ends all that runs: children have process groups of their own, so no ^C reaches them. */
export const killRunning = () => {
  for (const pid of running) killGroup(pid)
}

const collector = (child) => {
  let text = ''
  const keep = (bytes) => {
    text = (text + bytes.toString()).slice(-keptBytes)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return () => text
}

const release = (child) => {
  child.stdout.destroy()
  child.stderr.destroy()
}

/**
 * Answers `{ code, signal, late, output, ms }` and never rejects: a program that cannot be started
 * has code 127. At the deadline its whole process group is killed.
 */
export const runChild = ({ program, args, cwd, env = process.env, deadlineMs }) =>
  new Promise((resolve) => {
    const startedMs = performance.now()
    const child = spawn(program, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = collector(child)
    let late = false
    let end = { code: 127, signal: null }
    const timer = setTimeout(() => {
      late = true
      killGroup(child.pid)
    }, deadlineMs)
    if (child.pid !== undefined) running.add(child.pid)
    const finish = (said = '') => {
      clearTimeout(timer)
      running.delete(child.pid)
      resolve({ ...end, late, output: output() + said, ms: performance.now() - startedMs })
    }
    child.once('error', (error) => finish(`${error.message}\n`))
    child.once('exit', (code, signal) => {
      end = { code, signal }
      running.delete(child.pid)
      setTimeout(() => release(child), drainMs).unref()
    })
    child.once('close', () => finish())
  })
