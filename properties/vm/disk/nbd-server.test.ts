/** The server as a client of the protocol sees it, byte by byte. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { equal, is } from 'uvu/assert'
import { suite } from '../../testing/suite.ts'
import { ByteReader } from './byte-reader.ts'
import { command, option, optionMagic } from './nbd-messages.ts'
import { NbdServer } from './nbd-server.ts'
import { sectorBytes, VolatileDisk } from './volatile-disk.ts'

const test = suite('network block device')
const sizeBytes = 16 * sectorBytes

interface Client {
  readonly socket: Socket
  readonly reader: ByteReader
  readonly disk: VolatileDisk
}

const withClient = async (work: (client: Client) => Promise<void>): Promise<void> => {
  const directory = mkdtempSync(`${tmpdir()}/nbd-`)
  const fd = openSync(`${directory}/medium`, 'w+')
  ftruncateSync(fd, sizeBytes)
  const disk = new VolatileDisk(fd, sizeBytes)
  const server = await NbdServer.listen(`${directory}/socket`, disk)
  const socket = createConnection(`${directory}/socket`)
  try {
    await work({ socket, reader: new ByteReader(socket), disk })
  } finally {
    socket.destroy()
    await server.close()
    closeSync(fd)
    rmSync(directory, { recursive: true })
  }
}

const taken = async (reader: ByteReader, bytes: number): Promise<Buffer> => {
  const data = await reader.take(bytes)
  if (data === undefined) throw new Error('the server left')
  return data
}

const optionRequest = (number: number, data: Buffer): Buffer => {
  const header = Buffer.alloc(16)
  header.writeBigUInt64BE(optionMagic, 0)
  header.writeUInt32BE(number, 8)
  header.writeUInt32BE(data.length, 12)
  return Buffer.concat([header, data])
}

const request = (type: number, offset: number, lengthBytes: number): Buffer => {
  const bytes = Buffer.alloc(28)
  bytes.writeUInt32BE(0x25609513, 0)
  bytes.writeUInt16BE(type, 6)
  bytes.writeBigUInt64BE(77n, 8)
  bytes.writeBigUInt64BE(BigInt(offset), 16)
  bytes.writeUInt32BE(lengthBytes, 24)
  return bytes
}

const handshake = async ({ socket, reader }: Client): Promise<void> => {
  is((await taken(reader, 18)).subarray(0, 8).toString(), 'NBDMAGIC')
  socket.write(Buffer.from([0, 0, 0, 3]))
  const structuredReplies = 8
  socket.write(optionRequest(structuredReplies, Buffer.alloc(0)))
  is((await taken(reader, 20)).readUInt32BE(12), 0x8000_0001, 'unsupported')
  socket.write(optionRequest(option.go, Buffer.alloc(6)))
  const info = await taken(reader, 32)
  is(Number(info.readBigUInt64BE(22)), sizeBytes)
  is((await taken(reader, 20)).readUInt32BE(12), 1, 'acknowledged')
}

const errorOf = async ({ reader }: Client): Promise<number> => {
  const answer = await taken(reader, 16)
  is(answer.readBigUInt64BE(8), 77n)
  return answer.readUInt32BE(4)
}

test('writes wait until a flush, and are read back meanwhile', async () => {
  await withClient(async (client) => {
    await handshake(client)
    const { socket, reader, disk } = client
    const data = Buffer.alloc(2 * sectorBytes, 9)
    socket.write(Buffer.concat([request(command.write, sectorBytes, data.length), data]))
    is(await errorOf(client), 0)
    is(disk.unflushedWrites, 1)
    socket.write(request(command.read, sectorBytes, data.length))
    is(await errorOf(client), 0)
    equal(await taken(reader, data.length), data)
    socket.write(request(command.flush, 0, 0))
    is(await errorOf(client), 0)
    is(disk.unflushedWrites, 0)
    is(disk.flushes, 1)
  })
})

test('what lies outside of the disk, or is not known, is refused', async () => {
  await withClient(async (client) => {
    await handshake(client)
    client.socket.write(request(command.read, sizeBytes, sectorBytes))
    is(await errorOf(client), 22)
    const trim = 4
    client.socket.write(request(trim, 0, sectorBytes))
    is(await errorOf(client), 22)
  })
})

test.run()
