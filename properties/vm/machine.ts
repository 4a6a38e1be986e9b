/** One boot of the virtual machine, until its power is cut. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { Image } from './image/image.ts'
import { GuestMessage } from './messages.ts'

export interface MachineOptions {
  readonly image: Image
  /** Served over a unix socket, or a file of this host. */
  readonly stateDisk: { readonly socket: string } | { readonly file: string }
  /** A second one for tests, a file of this host. */
  readonly scratchDisk?: string
  /** Where the sockets and the kernel's console go. */
  readonly directory: string
  readonly memoryMiB: number
  readonly parameters: Readonly<Record<string, string>>
  /** In the order in which the guest told them. */
  readonly onMessage: (message: GuestMessage) => void
}

const consoleFile = (directory: string): string => `${directory}/console`
const channelPath = (directory: string): string => `${directory}/channel.sock`

const kernelLine = (parameters: Readonly<Record<string, string>>): string =>
  [
    ...['console=ttyS0', 'panic=-1', 'tsc=reliable', 'no_timer_check'],
    ...['mitigations=off', 'random.trust_cpu=on'],
    ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`),
  ].join(' ')

const drive = (id: string, options: string): ReadonlyArray<string> => [
  ...['-drive', `id=${id},if=none,format=raw,${options}`],
  ...['-device', `virtio-blk-pci,drive=${id}`],
]

const qemuArguments = (o: MachineOptions): ReadonlyArray<string> => [
  ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', String(o.memoryMiB)],
  ...['-M', 'pc', '-nodefaults', '-no-user-config', '-display', 'none'],
  ...['-no-reboot', '-serial', `file:${consoleFile(o.directory)}`],
  ...['-kernel', o.image.kernel, '-initrd', o.image.initramfs],
  ...['-append', kernelLine(o.parameters)],
  ...drive('image', `file=${o.image.root},readonly=on`),
  ...drive(
    'state',
    'socket' in o.stateDisk
      ? `file=nbd+unix:///?socket=${o.stateDisk.socket}`
      : `file=${o.stateDisk.file},cache=unsafe`,
  ),
  ...(o.scratchDisk === undefined ? [] : drive('scratch', `file=${o.scratchDisk},cache=unsafe`)),
  ...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=channel'],
  ...['-chardev', `socket,id=channel,path=${channelPath(o.directory)}`],
]

const decode = (line: string): GuestMessage => {
  const document: unknown = JSON.parse(line)
  if (GuestMessage.is(document)) return document
  throw new Error(`the guest said ${line}`)
}

export class Machine {
  readonly #options: MachineOptions
  readonly #server: Server
  readonly #process: ChildProcess
  readonly #ended: Promise<void>
  #guest: Socket | undefined
  #channelEnd: Promise<void> = Promise.resolve()

  private constructor(options: MachineOptions, server: Server) {
    this.#options = options
    this.#server = server
    server.once('connection', (socket) => this.#listenTo(socket))
    const log = openSync(`${options.directory}/qemu`, 'w')
    this.#process = spawn('qemu-system-x86_64', qemuArguments(options), {
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    const kill = (): void => this.kill()
    process.once('exit', kill)
    this.#ended = new Promise((resolve) =>
      this.#process.once('close', () => {
        process.off('exit', kill)
        resolve()
      }),
    )
  }

  static async boot(options: MachineOptions): Promise<Machine> {
    rmSync(channelPath(options.directory), { force: true })
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(channelPath(options.directory), resolve)
    })
    return new Machine(options, server)
  }

  /** Resolves when QEMU is gone. */
  get ended(): Promise<void> {
    return this.#ended
  }

  tell(line: string): void {
    this.#guest?.write(`${line}\n`)
  }

  /** SIGKILL for QEMU: from one instruction to the next the guest is no more. */
  kill(): void {
    this.#process.kill('SIGKILL')
  }

  /** Resolves when all that the guest had told before has been handed to `onMessage`. */
  async cutPower(): Promise<void> {
    this.kill()
    await this.#ended
    await this.#channelEnd
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  /** What the kernel, QEMU and a guest without a channel said. */
  lastWords(): string {
    const { directory } = this.#options
    return [consoleFile(directory), `${directory}/qemu`]
      .map((path) => readFileSync(path, 'utf8').split('\n').slice(-12).join('\n'))
      .join('\n')
  }

  #listenTo(socket: Socket): void {
    this.#guest = socket
    this.#channelEnd = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => socket.destroy())
    let open = ''
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const lines = (open + text).split('\n')
      // What no line end follows was torn by the cut: it was never told.
      open = lines.pop() ?? ''
      for (const line of lines) this.#options.onMessage(decode(line))
    })
  }
}
