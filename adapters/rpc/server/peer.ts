/** Who is at the other end of a connection; travels to the handlers in grpc's peer string. */
import type { Socket } from 'node:net'
import { peerCredentials } from '../../kernel/peer-credentials.ts'

export interface Peer {
  readonly uid: number
  readonly pid: number
}

/** Node keeps the descriptor of a socket in its handle; this is the one place that looks there. */
export const descriptorOf = (socket: Socket): number | undefined => {
  const handle: unknown = Reflect.get(socket, '_handle')
  return typeof handle === 'object' &&
    handle !== null &&
    'fd' in handle &&
    typeof handle.fd === 'number' &&
    handle.fd >= 0
    ? handle.fd
    : undefined
}

/** Undefined where the kernel does not say it: such a connection is not served. */
export const peerOf = (socket: Socket): Peer | undefined => {
  const fd = descriptorOf(socket)
  if (fd === undefined) return undefined
  const credentials = peerCredentials(fd)
  return credentials.ok ? { uid: credentials.value.uid, pid: credentials.value.pid } : undefined
}

/** The actor of everything that this peer asks for. */
export const actorOf = (peer: Peer): string => `uid:${peer.uid}/pid:${peer.pid}`

/** A unix socket has no remote address: grpc shows handlers what we put there. */
export const namePeer = (socket: Socket, peer: Peer): void =>
  void Object.defineProperty(socket, 'remoteAddress', { value: actorOf(peer) })

export const peerOfString = (text: string): Peer | undefined => {
  const match = /^uid:(\d+)\/pid:(\d+)$/.exec(text)
  return match === null ? undefined : { uid: Number(match[1]), pid: Number(match[2]) }
}
