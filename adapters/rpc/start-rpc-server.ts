/** Opens the front door: the socket, the services, and its end. */
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { Socket } from 'node:net'
import { containerService, containerServiceDefinition } from './containers/service.ts'
import { engineService } from './engine-service/service.ts'
import { makeFront } from './front.ts'
import { imagesService } from './images/service.ts'
import type { RpcLog, RpcOptions } from './rpc-options.ts'
import { Connections } from './server/connections.ts'
import { networkService } from './server/later-services.ts'
import { volumeService } from './volumes/service.ts'
import { namePeer, peerOf } from './server/peer.ts'
import { listenOnUnixSocket } from './server/unix-listener.ts'
import { ImagesServiceService } from './wire/images_server.ts'
import { EngineServiceService } from './wire/isulad_engine_server.ts'
import { NetworkServiceService } from './wire/network_server.ts'
import { VolumeServiceService } from './wire/volume_server.ts'

export interface RpcServer {
  /**
   * New calls are refused, waiting ones ended, working ones have `graceMs` to end. The socket's
   * file is gone after it.
   */
  readonly close: (graceMs: number) => Promise<void>
}

/** Configurations and lists may be long. */
const largestMessageBytes = 64 * 1024 * 1024

interface Injector {
  readonly injectConnection: (socket: Socket) => void
}

/** A connection of an unknown peer is not served: every command has an actor. */
const admit = (socket: Socket, injector: Injector, log: RpcLog): void => {
  socket.on('error', (error) => log.debug(`connection: ${error.message}`))
  const peer = peerOf(socket)
  if (peer === undefined) {
    log.warn('a connection without peer credentials was refused')
    socket.destroy()
    return
  }
  namePeer(socket, peer)
  injector.injectConnection(socket)
}

const shutDown = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), graceMs)
    server.tryShutdown(() => {
      clearTimeout(force)
      resolve()
    })
  })

/** Rejects when the socket cannot be had, e.g. because another daemon listens on it. */
export const startRpcServer = async (options: RpcOptions): Promise<RpcServer> => {
  const stopped = new AbortController()
  const front = makeFront(options, stopped.signal)
  const server = new Server({
    'grpc.max_receive_message_length': largestMessageBytes,
    'grpc.max_send_message_length': largestMessageBytes,
  })
  server.addService(containerServiceDefinition, containerService(front))
  server.addService(ImagesServiceService, imagesService(front))
  server.addService(VolumeServiceService, volumeService(front))
  server.addService(NetworkServiceService, networkService(front))
  server.addService(EngineServiceService, engineService(front))
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
  const connections = new Connections()
  const listener = await listenOnUnixSocket({
    path: options.socketPath,
    gid: options.gid,
    onConnection: (socket) => {
      connections.add(socket)
      admit(socket, injector, options.log)
    },
  })
  return {
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => void listener.close(() => resolve()))
      stopped.abort()
      await shutDown(server, graceMs)
      connections.destroyAll()
      await closed
      front.exits.close()
    },
  }
}
