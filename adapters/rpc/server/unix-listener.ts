/** The listening unix socket: its file, its mode, its group, its end. */
import { chmodSync, chownSync, lstatSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** sockaddr_un holds 108 bytes with the closing NUL (unix(7)). */
const longestPathBytes = 107
const probeMs = 2_000

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'EUNKNOWN'

/** The error code with which a connection attempt ends, or undefined when somebody answers. */
const probe = (path: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(path)
    const end = (code: string | undefined): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(code)
    }
    // A full queue of a live but busy daemon is an answer, too.
    const timer = setTimeout(() => end(undefined), probeMs)
    socket.once('connect', () => end(undefined))
    socket.once('error', (error) => end(codeOf(error)))
  })

/** Removes a socket that a dead daemon left; rejects when the path is anything else. */
export const removeStaleSocket = async (path: string): Promise<void> => {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isSocket()) throw new Error(`${path} exists and is not a socket`)
  const code = await probe(path)
  if (code === undefined) throw new Error(`another daemon is listening on ${path}`)
  if (code === 'ENOENT') return
  if (code !== 'ECONNREFUSED') throw new Error(`${path}: ${code}`)
  unlinkSync(path)
}

/** Binding is synchronous, so the umask is back before anything else runs. */
const bindPrivately = (server: Server, path: string): void => {
  const before = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(before)
  }
}

export interface UnixListener {
  readonly path: string
  readonly gid: number
  readonly onConnection: (socket: Socket) => void
}

/** Never wider than 0660 at any moment: bound 0600, given to the group, then opened to it. */
export const listenOnUnixSocket = async (listener: UnixListener): Promise<Server> => {
  const { path, gid } = listener
  if (Buffer.byteLength(path) > longestPathBytes)
    throw new Error(`socket path is longer than ${longestPathBytes} bytes: ${path}`)
  await removeStaleSocket(path)
  const server = createServer({ allowHalfOpen: true }, listener.onConnection)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.removeListener('error', reject)
      resolve()
    })
    bindPrivately(server, path)
  })
  chownSync(path, process.getuid?.() ?? 0, gid)
  chmodSync(path, 0o660)
  return server
}
