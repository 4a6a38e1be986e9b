/** The envelope around every event: who, when, why, in which stream. */
import * as t from 'io-ts'
import { Integer } from '../../domain/integer.ts'

export const Envelope = t.strict(
  {
    seq: Integer,
    /** Wall clock, ms since the epoch: a label, never used for order (I9). */
    at: t.number,
    /** Monotonic clock of `boot`, ms. */
    mono: t.number,
    boot: t.string,
    /** `uid:0/pid:77`, `policy`, `recovery`, `engine`, … */
    actor: t.string,
    request: t.string,
    /** Sequence of the event that led to this one; 0 where a client did. */
    causation: Integer,
    /** `container:<id>`, `image:<id>`, `layer:<id>`, `volume:<name>`, `engine`. */
    stream: t.string,
    streamSeq: Integer,
    kind: t.string,
    v: Integer,
    payload: t.UnknownRecord,
  },
  'Envelope',
)
export type Envelope = t.TypeOf<typeof Envelope>
