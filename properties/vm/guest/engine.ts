/** The daemon in the guest, and where it has its things. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { isula, type Said } from './client.ts'

const directory = '/isulad'
const log = `${directory}/daemon.out`
const socket = `${directory}/isulad.sock`

/** On the disk whose power is cut; everything else lies in memory. */
export const root = `${directory}/root`
export const cgroupParent = '/isulad-vm'

/**
 * A fault on purpose: the daemon's syncs answer success and do nothing. strace skips the calls
 * themselves, so that no code knows of it.
 */
const neuteredSync = [
  ...['strace', '-f', '--seccomp-bpf', '-o', '/dev/null'],
  ...['-e', 'trace=fsync,fdatasync,sync,syncfs,sync_file_range'],
  ...['-e', 'inject=fsync,fdatasync,sync,syncfs,sync_file_range:retval=0'],
]

const answers = (): Promise<boolean> =>
  new Promise((done) => {
    const connection = createConnection(socket)
    connection.once('connect', () => {
      connection.destroy()
      done(true)
    })
    connection.once('error', () => done(false))
  })

export class Engine {
  readonly directory = directory
  readonly root = root
  readonly state = `${directory}/state`
  readonly cgroupParent = cgroupParent
  readonly #process: ChildProcess

  constructor(planted: string | undefined) {
    mkdirSync(this.state, { recursive: true })
    const out = openSync(log, 'a')
    const [program = '', ...args] = [
      ...(planted === 'no-sync' ? neuteredSync : []),
      ...['/opt/isulad/isulad', '--graph', root, '--state', this.state],
      ...['-H', `unix://${socket}`, '-p', `${directory}/isulad.pid`],
      ...['--cgroup-parent', cgroupParent, '--log-driver', 'stdout', '-l', 'DEBUG'],
    ]
    const env = {
      ...process.env,
      ISULAD_CONFIG: `${directory}/daemon.json`,
      ISULA_RUN_DIR: `${directory}/run`,
    }
    this.#process = spawn(program, args, { stdio: ['ignore', out, out], env, cwd: '/' })
    closeSync(out)
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Fails with the daemon's output when it ends before. */
  async untilItAnswers(): Promise<void> {
    while (!(existsSync(socket) && (await answers()))) {
      if (!this.isRunning) throw new Error(`isulad ended at its start:\n${this.tail()}`)
      await pause(50)
    }
  }

  isula(...words: ReadonlyArray<string>): Promise<Said> {
    return isula(socket, words)
  }

  async ok(...words: ReadonlyArray<string>): Promise<string> {
    const said = await this.isula(...words)
    if (said.code === 0) return said.out
    throw new Error(`isula ${words.join(' ')}: exit ${said.code} ${said.err}\n${this.tail()}`)
  }

  tail(): string {
    return readFileSync(log, 'utf8').split('\n').slice(-12).join('\n')
  }
}
