/** The client behind one call: who it is, how it names its request, whether it still waits. */
import type { Metadata } from '@grpc/grpc-js'
import type { Submitter } from '../../../journal/engine/submission.ts'
import { actorOf, peerOfString } from './peer.ts'

export interface Caller {
  readonly uid: number
  readonly actor: string
  /** The client's own name for its request, where it gave one. */
  readonly requestId: string | undefined
  /** Aborts when the client goes away or the daemon stops. */
  readonly signal: AbortSignal
}

/** What grpc's call objects have in common. */
export interface AnyCall {
  readonly metadata: Metadata
  readonly getPeer: () => string
  readonly on: (event: 'cancelled', listener: () => void) => unknown
}

const requestIdKey = 'isulad-request-id'
const requestIdPattern = /^[0-9a-zA-Z][0-9a-zA-Z_.:/-]{0,127}$/

const requestIdOf = (metadata: Metadata): string | undefined => {
  const value = metadata.get(requestIdKey)[0]
  return typeof value === 'string' && requestIdPattern.test(value) ? value : undefined
}

/** Undefined for a peer that nobody knows: no handler runs for it. */
export const callerOf = (call: AnyCall, closing: AbortSignal): Caller | undefined => {
  const peer = peerOfString(call.getPeer())
  if (peer === undefined) return undefined
  const gone = new AbortController()
  call.on('cancelled', () => gone.abort())
  return {
    uid: peer.uid,
    actor: actorOf(peer),
    requestId: requestIdOf(call.metadata),
    signal: AbortSignal.any([gone.signal, closing]),
  }
}

/** `fallback` names the request of clients that name none (exec suffix, or freshly minted). */
export const submitterOf = (caller: Caller, fallback: string): Submitter => ({
  actor: caller.actor,
  requestId: caller.requestId ?? fallback,
  causation: 0,
})
