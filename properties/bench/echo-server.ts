/** A process that does nothing but answer: what the machine alone costs. SOCKET BYTES. */
import { createServer } from 'node:net'

const [path = '', bytes = '0'] = process.argv.slice(2)
const answer = Buffer.alloc(Number(bytes))

createServer((socket) => {
  socket.on('data', () => socket.write(answer))
  socket.on('error', () => socket.destroy())
}).listen(path, () => process.stdout.write('listening\n'))
