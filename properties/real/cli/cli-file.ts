/** What all files of this folder share: one daemon, the busybox image, and a check for leaks. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { equal, is } from 'uvu/assert'
import { loadBusybox } from '../../harness/busybox.ts'
import { executables, TestDaemon, type DaemonOptions } from '../../harness/daemon.ts'
import { leaks } from '../../harness/leaks.ts'
import { eventually } from '../../harness/processes.ts'
import type { Ran } from '../../harness/run.ts'
import { missingRequirement, type Requirement } from '../../testing/requirements.ts'
import { suite, type Suite } from '../../testing/suite.ts'

const needs: ReadonlyArray<Requirement> = ['root', 'program:conmon', 'program:busybox']

/** A long-lived process that ends at SIGTERM at once. */
export const sleeper = ['sh', '-c', 'trap "exit 0" TERM; sleep 1000 & wait']
/** A long-lived process that ignores SIGTERM. */
export const deaf = ['sh', '-c', 'trap "" TERM; sleep 1000']

export class CliFile {
  readonly #test: Suite
  readonly #needs: ReadonlyArray<Requirement>
  readonly #options: DaemonOptions
  #daemon: TestDaemon | undefined

  constructor(title: string, options: DaemonOptions = {}, more: ReadonlyArray<Requirement> = []) {
    this.#test = suite(title)
    this.#needs = [...needs, ...more]
    this.#options = options
    this.#test.before(() => this.#open())
    this.#test.after(() => this.#daemon?.dispose())
  }

  async #open(): Promise<void> {
    if (this.#needs.some((need) => missingRequirement(need) !== undefined)) return
    this.#daemon = new TestDaemon(this.#options)
    await this.#daemon.start()
    await loadBusybox(this.#daemon)
  }

  get daemon(): TestDaemon {
    if (this.#daemon === undefined) throw new Error('there is no daemon')
    return this.#daemon
  }

  readonly test = (name: string, body: () => Promise<void>, ms?: number): void =>
    this.#test.needs(this.#needs, name, body, ms)

  /** Ends the file: nothing may be left of all that its tests made. */
  run(): void {
    this.test('nothing is left of what the tests made', async () => {
      is(await this.ok('ps', '-aq'), '')
      equal(await leaks(this.daemon), [])
    })
    this.#test.run()
  }

  readonly ok = (...args: ReadonlyArray<string>): Promise<string> => this.daemon.ok(...args)

  readonly isula = (args: ReadonlyArray<string>, stdin?: string): Promise<Ran> =>
    this.daemon.isula(args, stdin === undefined ? {} : { stdin })

  /** Expects the exit code; answers what was said. */
  readonly fails = async (code: number, ...args: ReadonlyArray<string>): Promise<string> => {
    const ran = await this.isula(args)
    is(ran.code, code, `isula ${args.join(' ')}: ${ran.stdout}${ran.stderr}`)
    return ran.stderr.replace(/\n$/, '')
  }

  /** Runs in the background; answers the full id. */
  readonly start = (name: string, ...more: ReadonlyArray<string>): Promise<string> =>
    this.ok('run', '-d', '--name', name, ...more, 'busybox', ...sleeper)

  /** What a shell of a container with these flags prints, with both streams and any exit code. */
  readonly sh = async (script: string, ...flags: ReadonlyArray<string>): Promise<string> => {
    const ran = await this.isula(['run', '--rm', ...flags, 'busybox', 'sh', '-c', script])
    return `${ran.stdout}${ran.stderr}`.replace(/\n$/, '')
  }

  readonly status = (name: string): Promise<string> => this.daemon.inspect(name, '.State.Status')

  readonly pid = async (name: string): Promise<number> =>
    Number(await this.daemon.inspect(name, '.State.Pid'))

  readonly until = (name: string, word: string): Promise<boolean> =>
    eventually(`${name} is ${word}`, async () => (await this.status(name)) === word)

  readonly remove = async (...names: ReadonlyArray<string>): Promise<void> =>
    void (await this.ok('rm', '-f', ...names))

  /** A client that goes on beside the test. */
  readonly client = (...args: ReadonlyArray<string>): Client => {
    const { socket, directory } = this.daemon
    const env = {
      ...process.env,
      ISULAD_HOST: `unix://${socket}`,
      ISULA_RUN_DIR: `${directory}/run`,
    }
    return new Client(spawn(executables.isula, args, { env }))
  }

  /** The same, on a terminal that `script` makes. */
  readonly onTerminal = (...words: ReadonlyArray<string>): Client => {
    const { socket, directory } = this.daemon
    const quoted = [executables.isula, ...words].map((w) => `'${w.replaceAll("'", `'\\''`)}'`)
    const env = {
      ...process.env,
      ISULAD_HOST: `unix://${socket}`,
      ISULA_RUN_DIR: `${directory}/run`,
    }
    return new Client(spawn('script', ['-qec', quoted.join(' '), '/dev/null'], { env }))
  }

  /** A shell script on a terminal of 30 rows and 90 columns, with the client as `$ISULA`. */
  readonly onScreen = (script: string): Client => {
    const { socket, directory } = this.daemon
    const env = {
      ...process.env,
      ISULA: executables.isula,
      ISULAD_HOST: `unix://${socket}`,
      ISULA_RUN_DIR: `${directory}/run`,
    }
    const line = `stty rows 30 cols 90; ${script}`
    return new Client(spawn('script', ['-qec', line, '/dev/null'], { env }))
  }
}

/** The state of a terminal as a line of hexadecimal digits, for scripts of `onScreen`. */
export const terminalSum = 'stty -a | md5sum'
/** What `terminalSum` printed, each time. */
export const terminalSums = ({ stdout }: Client): ReadonlyArray<string> =>
  stdout.match(/^[0-9a-f]{32}(?= )/gm) ?? []

export class Client {
  readonly process: ChildProcess
  stdout = ''
  stderr = ''
  readonly ended: Promise<number | null>

  constructor(child: ChildProcess) {
    this.process = child
    child.stdout?.on('data', (bytes: Buffer) => (this.stdout += bytes.toString('utf8')))
    child.stderr?.on('data', (bytes: Buffer) => (this.stderr += bytes.toString('utf8')))
    this.ended = new Promise((done) => child.once('close', (code) => done(code)))
  }

  readonly says = (text: string): Promise<boolean> =>
    eventually(`the client says ${text}; it said ${this.stdout}${this.stderr}`, () =>
      this.stdout.includes(text),
    )

  readonly type = (text: string): void => void this.process.stdin?.write(text)

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null
  }
}

/** The path of a process in a cgroup v1 hierarchy, or in the unified one. */
export const cgroupOf = (pid: number, controller: string): string => {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')
  const line = lines.find((l) => l.split(':')[1]?.split(',').includes(controller) === true)
  const path = (line ?? lines.find((l) => l.startsWith('0::')))?.split(':').slice(2).join(':') ?? ''
  return line === undefined ? `/sys/fs/cgroup${path}` : `/sys/fs/cgroup/${controller}${path}`
}

export const cgroupFile = (pid: number, controller: string, file: string): string =>
  readFileSync(`${cgroupOf(pid, controller)}/${file}`, 'utf8').trim()
