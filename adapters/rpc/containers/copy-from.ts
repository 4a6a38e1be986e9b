/** CopyFromContainer: a path of a container as a tar stream (CLI-CP-01..07, spec 22). */
import { Metadata } from '@grpc/grpc-js'
import type { PathStat } from '../../copy/copy-job.ts'
import { absolutePath } from '../../copy/tree/copy-rules.ts'
import type { Front } from '../front.ts'
import type { StreamWork } from '../server/handlers.ts'
import type { CopyFromContainerRequest, CopyFromContainerResponse } from '../wire/containers.ts'
import { copiedContainer, copyThrough, orFail, unnamed } from './copy-session.ts'

const statKey = 'isulad-container-path-stat'
const messageBytes = 32 << 10

/** Metadata is ASCII. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const statMetadata = (stat: PathStat): Metadata => {
  const metadata = new Metadata()
  metadata.set(statKey, asciiJson(stat))
  return metadata
}

export const copyFrom =
  (front: Front): StreamWork<CopyFromContainerRequest, CopyFromContainerResponse> =>
  async (request, caller, send, begin) => {
    const container = copiedContainer(front, request.id)
    let first: Promise<void> = Promise.resolve()
    const write = async (bytes: Uint8Array): Promise<void> => {
      await first
      for (let at = 0; at < bytes.length; at += messageBytes)
        await send({ data: Buffer.from(bytes.subarray(at, at + messageBytes)) })
    }
    const found = (stat: PathStat): void => {
      begin(statMetadata(stat))
      first = send({ data: Buffer.alloc(0) })
      // Its failure is that of the first bytes.
      first.catch(() => undefined)
    }
    const path = absolutePath(request.srcpath, '/')
    orFail(
      await copyThrough(front, unnamed(caller), container, {
        _tag: 'Out',
        ...{ path, found, write },
      }),
    )
  }
