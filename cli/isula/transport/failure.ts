/** Why a call gave no reply, and what the user reads then (spec 22, section 2). */

/** gRPC status codes that the client tells apart. */
export const grpcStatus = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

export interface CallFailure {
  readonly code: number
  readonly message: string
  /** The connection broke before any answer, so that the same request may be sent again. */
  readonly reset: boolean
}

export const cannotConnect = 'Can not connect with server.Is the iSulad daemon running on the host?'

/** Statuses whose text comes from the daemon and is meant for the user. */
const daemonSpoke: ReadonlySet<number> = new Set([
  grpcStatus.unknown,
  grpcStatus.notFound,
  grpcStatus.permissionDenied,
  grpcStatus.failedPrecondition,
  grpcStatus.unimplemented,
  grpcStatus.internal,
  grpcStatus.unauthenticated,
])

export const failureText = (failure: CallFailure): string => {
  if (failure.code === grpcStatus.deadlineExceeded)
    return 'Error response from daemon: no answer within the time limit'
  return daemonSpoke.has(failure.code) && failure.message !== ''
    ? `Error response from daemon: ${failure.message}`
    : cannotConnect
}
