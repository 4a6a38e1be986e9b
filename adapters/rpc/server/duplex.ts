/** Calls in which both sides send messages; a result may travel in trailing metadata. */
import {
  Metadata,
  type handleBidiStreamingCall,
  type ServerDuplexStream,
  type StatusObject,
} from '@grpc/grpc-js'
import { callerOf, type Caller } from './caller.ts'
import { sender, statusOf, stopping, unknownPeer, type Desk, type Send } from './handlers.ts'

export interface DuplexCall<Q, R> {
  readonly metadata: Metadata
  readonly caller: Caller
  /** Up to the end of what the client sends; fails when the client goes before it. */
  readonly messages: AsyncIterable<Q>
  readonly send: Send<R>
}

/** Names and values of the trailing metadata. */
export type Trailers = Readonly<Record<string, string>>

export type DuplexWork<Q, R> = (call: DuplexCall<Q, R>) => Promise<Trailers | void>

const metadataOf = (trailers: Trailers): Metadata => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value)
  return metadata
}

/** Whoever stops reading still answers: the call does not end with the loop. */
const messagesOf = <Q, R>(call: ServerDuplexStream<Q, R>): AsyncIterable<Q> =>
  call.iterator({ destroyOnReturn: false })

export const duplex =
  <Q, R>({ log, closing }: Desk, work: DuplexWork<Q, R>): handleBidiStreamingCall<Q, R> =>
  (call) => {
    const fail = (status: Partial<StatusObject>): void => void call.emit('error', status)
    const caller = callerOf(call, closing)
    if (caller === undefined) return fail(statusOf(unknownPeer, log))
    const send = sender<R>(call, caller.signal)
    work({ metadata: call.metadata, caller, messages: messagesOf(call), send }).then(
      (trailers) =>
        closing.aborted ? fail(statusOf(stopping, log)) : call.end(metadataOf(trailers ?? {})),
      (error: unknown) => fail(statusOf(error, log)),
    )
  }
