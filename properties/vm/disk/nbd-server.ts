/** Serves a volatile disk to a virtual machine over a unix socket. */
import { createServer, type Server, type Socket } from 'node:net'
import { ByteReader } from './byte-reader.ts'
import {
  command,
  exportInfo,
  greeting,
  greetingReplyBytes,
  invalidArgument,
  option,
  optionAnswer,
  optionHeaderBytes,
  optionReply,
  readOptionHeader,
  readRequest,
  reply,
  requestHeaderBytes,
  type Request,
} from './nbd-messages.ts'
import { sectorBytes, type VolatileDisk } from './volatile-disk.ts'

/** True: the client goes on to requests. False: it left. */
const negotiate = async (
  socket: Socket,
  reader: ByteReader,
  disk: VolatileDisk,
): Promise<boolean> => {
  socket.write(greeting())
  if ((await reader.take(greetingReplyBytes)) === undefined) return false
  for (;;) {
    const header = await reader.take(optionHeaderBytes)
    if (header === undefined) return false
    const asked = readOptionHeader(header)
    if (asked.dataBytes > 0 && (await reader.take(asked.dataBytes)) === undefined) return false
    if (asked.option === option.exportName) {
      socket.write(exportInfo(disk.sizeBytes).subarray(2))
      return true
    }
    if (asked.option === option.info || asked.option === option.go) {
      socket.write(optionAnswer(asked.option, optionReply.info, exportInfo(disk.sizeBytes)))
      socket.write(optionAnswer(asked.option, optionReply.ack))
      if (asked.option === option.go) return true
    } else if (asked.option === option.abort) {
      socket.end(optionAnswer(asked.option, optionReply.ack))
      return false
    } else socket.write(optionAnswer(asked.option, optionReply.unsupported))
  }
}

const isInside = ({ offset, lengthBytes }: Request, disk: VolatileDisk): boolean =>
  offset + lengthBytes <= disk.sizeBytes &&
  offset % sectorBytes === 0 &&
  lengthBytes % sectorBytes === 0

const answer = (request: Request, data: Buffer, disk: VolatileDisk): Buffer => {
  const { cookie, offset, lengthBytes } = request
  if (!isInside(request, disk)) return reply(cookie, invalidArgument)
  switch (request.command) {
    case command.read:
      return Buffer.concat([reply(cookie), disk.read(offset, lengthBytes)])
    case command.write:
      disk.write(offset, data, request.forced)
      return reply(cookie)
    case command.flush:
      disk.flush()
      return reply(cookie)
    default:
      return reply(cookie, invalidArgument)
  }
}

const serve = async (socket: Socket, disk: VolatileDisk): Promise<void> => {
  const reader = new ByteReader(socket)
  if (!(await negotiate(socket, reader, disk))) return
  for (;;) {
    const header = await reader.take(requestHeaderBytes)
    if (header === undefined) return
    const request = readRequest(header)
    if (request.command === command.disconnect) return void socket.end()
    const size = request.command === command.write ? request.lengthBytes : 0
    const data = size === 0 ? Buffer.alloc(0) : await reader.take(size)
    // What still lies in the buffer when the machine is cut off never reached the disk.
    if (data === undefined || socket.destroyed) return
    socket.write(answer(request, Buffer.from(data), disk))
  }
}

/** One client at a time: the machine whose disk it is. */
export class NbdServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async listen(path: string, disk: VolatileDisk): Promise<NbdServer> {
    const server = createServer()
    const self = new NbdServer(server)
    server.on('connection', (socket) => {
      self.#sockets.add(socket)
      socket.once('close', () => self.#sockets.delete(socket))
      serve(socket, disk).catch((error: unknown) => {
        console.error(`disk: ${String(error)}`)
        socket.destroy()
      })
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
    return self
  }

  /** From now on nothing reaches the disk. */
  disconnect(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.disconnect()
    await closed
  }
}
