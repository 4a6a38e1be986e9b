/** A container's or exec's streams on a call: stdin, the terminal's size, the keys that detach. */
import type * as E from 'fp-ts/lib/Either.js'
import { pumpInput } from '../streams/call-streams.ts'
import { followSize, type Size } from '../streams/terminal.ts'
import type { Duplex, Trailers } from '../transport/connection.ts'
import type { CallFailure } from '../transport/failure.ts'

export interface StreamCall<Q> {
  readonly call: Duplex<Q>
  readonly inputOf: (bytes: Buffer, finish: boolean) => Partial<Q>
  readonly tty: boolean
  readonly stdin: boolean
  readonly keys: ReadonlyArray<number>
  /** True when the process has the size. */
  readonly resize: (size: Size) => Promise<boolean>
  /** A size to tell before the right one. */
  readonly sizeBefore?: Size | undefined
}

/** Undefined: the user detached. */
export type StreamEnded = E.Either<CallFailure, Trailers> | undefined

const noBytes = Buffer.alloc(0)

/** Until the call ends, or the user detaches. */
export const followStreams = async <Q>(streams: StreamCall<Q>): Promise<StreamEnded> => {
  const { call, inputOf, tty, stdin, resize } = streams
  let detach: () => void = () => undefined
  const detached = new Promise<undefined>((resolve) => (detach = () => resolve(undefined)))
  const stopSize = tty ? followSize(resize, streams.sizeBefore) : () => undefined
  const target = {
    send: (bytes: Uint8Array) => call.send(inputOf(Buffer.from(bytes), false)),
    end: () => call.send(inputOf(noBytes, true)),
    detach,
  }
  const pump = stdin ? pumpInput(target, tty ? streams.keys : []) : undefined
  const ended = await Promise.race([call.ended, detached])
  pump?.stop()
  stopSize()
  call.cancel()
  return ended
}
