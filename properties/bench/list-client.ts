/** Calls of ContainerService.List on one connection, timed. */
import { Client, credentials } from '@grpc/grpc-js'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { ListRequest } from '../../adapters/rpc/wire/containers.ts'

const path = '/containers.ContainerService/List'

/** Counts field 1 of a ListResponse without decoding what it holds. */
const countContainers = (bytes: Uint8Array): number => {
  const reader = new BinaryReader(bytes)
  let count = 0
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field === 1) count += 1
    reader.skip(wireType, field)
  }
  return count
}

export class ListClient {
  readonly #client: Client

  constructor(socket: string) {
    this.#client = new Client(`unix://${socket}`, credentials.createInsecure())
  }

  /**
   * Milliseconds from the call to the last byte of its answer, and the number of containers in
   * it. What a client makes of the bytes is not the daemon's time.
   */
  time(): Promise<{ readonly ms: number; readonly containers: number }> {
    const begin = performance.now()
    const request = ListRequest.fromPartial({ all: true })
    return new Promise((done, failed) => {
      this.#client.makeUnaryRequest(
        path,
        (r: ListRequest) => Buffer.from(ListRequest.encode(r).finish()),
        (bytes) => bytes,
        request,
        (error, response) => {
          if (error !== null) return failed(error)
          if (response === undefined) return failed(new Error('no response'))
          done({ ms: performance.now() - begin, containers: countContainers(response) })
        },
      )
    })
  }

  close(): void {
    this.#client.close()
  }
}
