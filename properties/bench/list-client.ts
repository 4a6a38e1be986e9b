/** Calls of ContainerService.List on one connection, timed. */
import { Client, credentials } from '@grpc/grpc-js'
import { ListRequest, ListResponse } from '../../adapters/rpc/wire/containers.ts'

const path = '/containers.ContainerService/List'

export class ListClient {
  readonly #client: Client

  constructor(socket: string) {
    this.#client = new Client(`unix://${socket}`, credentials.createInsecure())
  }

  /** Milliseconds from the call to the decoded answer, and the number of containers in it. */
  time(): Promise<{ readonly ms: number; readonly containers: number }> {
    const begin = performance.now()
    const request = ListRequest.fromPartial({ all: true })
    return new Promise((done, failed) => {
      this.#client.makeUnaryRequest(
        path,
        (r: ListRequest) => Buffer.from(ListRequest.encode(r).finish()),
        (bytes) => ListResponse.decode(bytes),
        request,
        (error, response) => {
          if (error !== null) return failed(error)
          if (response === undefined) return failed(new Error('no response'))
          done({ ms: performance.now() - begin, containers: response.containers.length })
        },
      )
    })
  }

  close(): void {
    this.#client.close()
  }
}
