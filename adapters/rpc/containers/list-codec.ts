/** The bytes of a List answer, put together from the bytes of each container's message. */
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { Container, ListResponse } from '../wire/containers.ts'

/** Field 1 of ListResponse, length delimited (spec 22, containers.proto). */
const containersTag = 10

const framed = (message: Container): Uint8Array =>
  Container.encode(message, new BinaryWriter().uint32(containersTag).fork()).join().finish()

/** Messages of a listing are immutable values: each is encoded once. */
const encoded = new WeakMap<Container, Uint8Array>()

const bytesOf = (message: Container): Uint8Array => {
  const known = encoded.get(message)
  if (known !== undefined) return known
  const bytes = framed(message)
  encoded.set(message, bytes)
  return bytes
}

/** As `ListResponse.encode`, without making garbage for each container of each answer. */
export const encodeListResponse = (response: ListResponse): Buffer =>
  Buffer.concat([
    ...response.containers.map(bytesOf),
    ListResponse.encode({ ...response, containers: [] }).finish(),
  ])
