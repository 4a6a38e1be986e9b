/** What the files of requests in upstream's own bytes share: calls of a test's daemon. */
import { equal, is } from 'uvu/assert'
import { sleeper, type CliFile } from '../real/cli/cli-file.ts'
import { flag, number, numberOf, text, textOf } from './protobuf.ts'
import { UpstreamClient, type CallOptions, type Exchange } from './upstream-client.ts'

export const none = Buffer.alloc(0)

export const message = (...fields: ReadonlyArray<Buffer>): Buffer => Buffer.concat(fields)

/** `cc` and `errmsg` of a reply that has `cc` at this field. */
export const verdict = (got: Buffer, cc: number): readonly [number, string] => [
  numberOf(got, cc),
  textOf(got, cc + 1),
]

export const succeeded = [0, ''] as const

export const plainHost = '{"RestartPolicy":{"Name":"no"}}'
export const sleeping = JSON.stringify({ Cmd: sleeper, Annotations: {} })

export class UpstreamDoor {
  readonly #cli: CliFile
  #open: UpstreamClient | undefined

  constructor(cli: CliFile) {
    this.#cli = cli
  }

  /** One connection for a whole file, as a client with many threads would have it. */
  get client(): UpstreamClient {
    if (this.#open === undefined || !this.#open.isOpen)
      this.#open = new UpstreamClient(this.#cli.daemon.socket)
    return this.#open
  }

  /** `Method` of the containers, or `package.Service/Method`. */
  readonly call = (method: string, request: Buffer, options?: CallOptions): Promise<Exchange> => {
    const path = method.includes('/') ? `/${method}` : `/containers.ContainerService/${method}`
    return this.client.call(path, request, options)
  }

  /** A unary call that ends well in gRPC's eyes, as even a refusal does (spec 22 section 2). */
  readonly reply = async (method: string, ...fields: ReadonlyArray<Buffer>): Promise<Buffer> => {
    const got = await this.call(method, message(...fields))
    equal([got.status, got.messages.length], [0, 1], `${method}: ${got.status} ${got.details}`)
    is(got.headers['content-type'], 'application/grpc+proto', method)
    return got.messages[0] ?? none
  }

  /** Answers the new id. */
  readonly create = async (name: string, custom: string, host = plainHost): Promise<string> => {
    const documents = [text(5, host), text(6, custom)]
    const got = await this.reply('Create', text(1, name), text(3, 'busybox'), ...documents)
    equal(verdict(got, 3), succeeded)
    return textOf(got, 1)
  }

  readonly inspected = async (name: string): Promise<string> =>
    textOf(await this.reply('Inspect', text(1, name), number(3, 120)), 1)

  readonly remove = async (name: string): Promise<void> =>
    equal(verdict(await this.reply('Delete', text(1, name), flag(2)), 3), succeeded)

  close(): void {
    this.#open?.close()
  }
}
