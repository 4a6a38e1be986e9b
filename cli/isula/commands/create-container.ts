/** Create, as `create` and `run` do it: a missing image is pulled once (spec 22 section 6). */
import * as E from 'fp-ts/lib/Either.js'
import type { CreateRequest } from '../../../adapters/rpc/wire/containers.ts'
import type { Attached } from '../request/custom-config.ts'
import { createRequest } from '../request/create-request.ts'
import { calls } from '../transport/calls.ts'
import { failureText, grpcStatus } from '../transport/failure.ts'
import { mintRequestId } from '../transport/request-id.ts'
import { change, type CommandInput } from './command.ts'

/** Undefined: pulled. Else why not; `absent`: the daemon has no such call. */
const pull = async (
  { connection }: CommandInput,
  image: string,
): Promise<{ readonly text: string; readonly absent: boolean } | undefined> => {
  const answer = await connection.stream(
    calls.imagePull,
    { image: { image, annotations: {} } },
    { each: () => undefined, requestId: mintRequestId() },
  )
  if (E.isRight(answer)) return undefined
  const absent = answer.left.code === grpcStatus.unimplemented
  return { text: failureText(answer.left), absent }
}

const createOrPull = async (
  input: CommandInput,
  request: CreateRequest,
): Promise<E.Either<string, { readonly id: string }>> => {
  const first = await change(input, calls.create, request)
  if (E.isRight(first) || !first.left.includes('No such image')) return first
  const failure = await pull(input, request.image)
  // A daemon that cannot pull has said all there is to say with its first answer.
  if (failure?.absent === true) return first
  input.err(`Unable to find image '${request.image}' locally\n`)
  if (failure !== undefined) return E.left(failure.text)
  return change(input, calls.create, request)
}

export interface CreateWish {
  readonly attached: Attached
  readonly autoRemove: boolean
}

/** The new container's id, or the line for the user. */
export const createContainer = async (
  input: CommandInput,
  wish: CreateWish,
): Promise<E.Either<string, string>> => {
  const { flags, operands, env } = input
  const request = createRequest({ flags, operands, env, ...wish })
  if (E.isLeft(request)) return request
  // SYS-ENVF-07: said, and no reason to stop.
  if (flags.text('env-target-file') !== undefined && request.right.rootfs === '')
    input.err('external rootfs not specified\n')
  return E.map((reply: { readonly id: string }) => reply.id)(
    await createOrPull(input, request.right),
  )
}
