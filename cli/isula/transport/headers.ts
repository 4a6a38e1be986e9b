/** The HTTP/2 headers of a gRPC call: what a request carries, what its end says. */
import type { IncomingHttpHeaders } from 'node:http2'
import * as E from 'fp-ts/lib/Either.js'
import type { CallFailure } from './failure.ts'

export interface CallOptions {
  /** Kept over a retry, so that the daemon can recognise the request. */
  readonly requestId?: string
  /** Undefined or 0: none. */
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
  /** More headers of the request, e.g. those of Attach (spec 22 section 3). */
  readonly metadata?: Readonly<Record<string, string>>
}

export const failed = (
  code: number,
  message: string,
  reset = false,
): E.Either<CallFailure, never> => E.left({ code, message, reset })

const headerText = (value: string | Array<string> | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? ''

/** grpc-message is percent-encoded; a broken escape is shown as it came. */
const decodeMessage = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

/** The status of a finished call, or undefined while none was sent. */
export const statusOf = (headers: IncomingHttpHeaders): E.Either<CallFailure, void> | undefined => {
  const status = headerText(headers['grpc-status'])
  if (status === '') return undefined
  if (status === '0') return E.right(undefined)
  return failed(Number(status), decodeMessage(headerText(headers['grpc-message'])))
}

export const requestHeaders = (path: string, options: CallOptions): Record<string, string> => ({
  ...options.metadata,
  ':method': 'POST',
  ':path': path,
  'content-type': 'application/grpc',
  te: 'trailers',
  'user-agent': 'isula',
  ...(options.requestId === undefined ? {} : { 'isulad-request-id': options.requestId }),
  ...(options.deadlineMs ? { 'grpc-timeout': `${Math.ceil(options.deadlineMs)}m` } : {}),
})

/** One text per name, as trailing metadata is read. */
export const metadataOf = (headers: IncomingHttpHeaders): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerText(value)]))
