/** A real daemon on a root of its own: start, kill -9, restart, talk to it, and leave nothing. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { run, type Ran } from './run.ts'
import { sweep } from './sweep.ts'

const project = resolve(import.meta.dirname, '../..')

/** The executables under test: the built ones. */
export const executables = {
  isulad: `${project}/dist/isulad`,
  isula: `${project}/dist/isula`,
  audit: `${project}/dist/isula-audit`,
}

export interface DaemonOptions {
  readonly flags?: ReadonlyArray<string>
  /** Put in front of the daemon's command line, e.g. `strace …` or `unshare …`. */
  readonly wrapper?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
}

export class TestDaemon {
  readonly directory: string
  readonly cgroupParent: string
  readonly #options: DaemonOptions
  #process: ChildProcess | undefined

  constructor(options: DaemonOptions = {}) {
    this.#options = options
    this.directory = mkdtempSync(`${tmpdir()}/isulad-`)
    this.cgroupParent = `/isulad-test-${this.directory.slice(-6)}`
  }

  get root(): string {
    return `${this.directory}/root`
  }

  get state(): string {
    return `${this.directory}/state`
  }

  get socket(): string {
    return `${this.directory}/isulad.sock`
  }

  get log(): string {
    return `${this.directory}/daemon.out`
  }

  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new Error('the daemon is not running')
    return pid
  }

  /** Resolves when the socket answers; fails with the daemon's output when it ends before. */
  async start(moreFlags: ReadonlyArray<string> = []): Promise<void> {
    const command = [
      ...(this.#options.wrapper ?? []),
      executables.isulad,
      ...['--graph', this.root, '--state', this.state, '-H', `unix://${this.socket}`],
      ...['-p', `${this.directory}/isulad.pid`, '--cgroup-parent', this.cgroupParent],
      ...['--log-driver', 'stdout', '-l', 'DEBUG'],
      ...(this.#options.flags ?? []),
      ...moreFlags,
    ]
    const out = openSync(this.log, 'a')
    const [file = '', ...args] = command
    const env = {
      ...process.env,
      ISULAD_CONFIG: `${this.directory}/daemon.json`,
      ISULA_RUN_DIR: `${this.directory}/run`,
      ...this.#options.env,
    }
    this.#process = spawn(file, args, { stdio: ['ignore', out, out], env, cwd: '/' })
    closeSync(out)
    await this.#untilItAnswers()
  }

  /** SIGKILL, at once and without mercy; resolves when the process is gone. */
  async kill9(): Promise<void> {
    await this.signal('SIGKILL')
  }

  async signal(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process
    if (child === undefined) return null
    this.#process = undefined
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
    child.kill(signal)
    return ended
  }

  /** Waits for a daemon that ends by itself (fail-stop, refused start). */
  async ended(): Promise<number | null> {
    const child = this.#process
    if (child === undefined) return null
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    return new Promise((done) => child.once('exit', (code) => done(code)))
  }

  get isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null
  }

  /** Runs the client; never rejects. */
  isula(args: ReadonlyArray<string>, options: { stdin?: string; ms?: number } = {}): Promise<Ran> {
    const env = { ISULAD_HOST: `unix://${this.socket}`, ISULA_RUN_DIR: `${this.directory}/run` }
    return run(executables.isula, args, { env, ...options })
  }

  /** As `isula`, but any failure is the test's failure. Answers stdout without its last newline. */
  async ok(...args: ReadonlyArray<string>): Promise<string> {
    const ran = await this.isula(args)
    if (ran.code !== 0)
      throw new Error(`isula ${args.join(' ')}: exit ${ran.code}\n${ran.stderr}\n${this.tail()}`)
    return ran.stdout.replace(/\n$/, '')
  }

  async inspect(id: string, path: string): Promise<string> {
    return this.ok('inspect', '-f', `{{${path}}}`, id)
  }

  /** The end of the daemon's output, for failure messages. */
  tail(lines = 8): string {
    return existsSync(this.log)
      ? readFileSync(this.log, 'utf8').split('\n').slice(-lines).join('\n')
      : ''
  }

  /**
   * Removes every container, ends the daemon, deletes the directory. What a failed test left behind
   * is taken away by force: whether something leaks is asked by `leaks`, before.
   */
  async dispose(): Promise<void> {
    try {
      if (!this.isRunning) await this.start()
      const ids = (await this.ok('ps', '-aq')).split('\n').filter((id) => id !== '')
      if (ids.length > 0) await this.isula(['rm', '-f', ...ids], { ms: 60_000 })
      await this.signal('SIGTERM')
    } finally {
      await this.kill9()
      await sweep(this)
      rmSync(this.directory, { recursive: true, force: true })
    }
  }

  async #untilItAnswers(): Promise<void> {
    const deadline = Date.now() + 30_000
    while (Date.now() < deadline) {
      if (!this.isRunning) throw new Error(`isulad ended at its start:\n${this.tail()}`)
      if (await answers(this.socket)) return
      await new Promise((r) => setTimeout(r, 20))
    }
    throw new Error(`isulad did not answer within 30 s:\n${this.tail()}`)
  }
}

const answers = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
