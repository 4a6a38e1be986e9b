/** CopyToContainer: a tar stream into a container (CLI-CP-01..07, spec 22). */
import { status, type Metadata } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { absolutePath, splitPath, type CopySource } from '../../copy/tree/copy-rules.ts'
import type { Front } from '../front.ts'
import type { DuplexWork } from '../server/duplex.ts'
import { CallFailure } from '../server/handlers.ts'
import { readOnlyRootfs } from '../texts.ts'
import type { CopyToContainerRequest, CopyToContainerResponse } from '../wire/containers.ts'
import { copiedContainer, copyThrough, orFail, unnamed } from './copy-session.ts'

const requestKey = 'isulad-copy-to-container'

/** The client's metadata; members that are empty may be left out. */
const Request = t.intersection([
  t.type({ id: t.string, dstPath: t.string }),
  t.partial({ srcPath: t.string, srcIsdir: t.boolean, srcRebaseName: t.string }),
])
type Request = t.TypeOf<typeof Request>

const parsed = (text: string): E.Either<unknown, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text),
    (error) => error,
  )

const requestOf = (metadata: Metadata): Request => {
  const value = metadata.get(requestKey)[0]
  const request = pipe(
    typeof value === 'string' ? parsed(value) : E.left(undefined),
    E.chainW((document) => Request.decode(document)),
  )
  if (E.isRight(request)) return request.right
  throw new CallFailure(status.UNKNOWN, `Invalid metadata ${requestKey}`)
}

const sourceOf = ({ srcPath = '', srcIsdir = false, srcRebaseName = '' }: Request): CopySource => ({
  base: srcRebaseName === '' ? splitPath(srcPath).base : srcRebaseName,
  isDirectory: srcIsdir,
})

/** Clients go on with empty messages until they are answered: the first one is the end. */
const bytesOf = async function* (
  messages: AsyncIterable<CopyToContainerRequest>,
): AsyncGenerator<Uint8Array> {
  for await (const { data } of messages) {
    if (data.length === 0) return
    yield data
  }
}

export const copyTo =
  (front: Front): DuplexWork<CopyToContainerRequest, CopyToContainerResponse> =>
  async ({ metadata, caller, messages, send }) => {
    const request = requestOf(metadata)
    const container = copiedContainer(front, request.id)
    if (container.host.ReadonlyRootfs)
      throw new CallFailure(status.UNKNOWN, readOnlyRootfs(container.id))
    orFail(
      await copyThrough(front, unnamed(caller), container, {
        _tag: 'In',
        path: absolutePath(request.dstPath, '/'),
        source: sourceOf(request),
        bytes: bytesOf(messages),
      }),
    )
    await send({ finish: true })
  }
