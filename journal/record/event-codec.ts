/** Decodes payloads by kind and version, upcasting old versions; unknown kinds are errors. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { PathReporter } from 'io-ts/lib/PathReporter.js'
import type * as t from 'io-ts'
import { domainEvents, type DomainEvent } from '../../domain/event.ts'
import { currentVersion, upcasters, upcastersOf, type Upcaster } from './upcasters.ts'

/** Why an event cannot be folded; its stream is quarantined, the others go on (I8). */
export interface UnreadableEvent {
  readonly kind: string
  readonly v: number
  readonly reason: string
}

type Payload = Readonly<Record<string, unknown>>

/** `payload` is the event without `_tag` and `v`, as the envelope carries it. */
export type DecodeEvent<A> = (
  kind: string,
  v: number,
  payload: Payload,
) => Either<UnreadableEvent, A>

/** `codecs` are those of the newest version of each kind, with its name. */
export const eventDecoder = <A>(
  codecs: ReadonlyArray<t.Type<A, unknown>>,
  among: ReadonlyArray<Upcaster>,
): DecodeEvent<A> => {
  const kinds = new Map(
    codecs.map((codec) => {
      const steps = upcastersOf(codec.name, among)
      return [codec.name, { codec, steps, newest: currentVersion(codec.name, among) }]
    }),
  )
  return (kind, v, payload) => {
    const known = kinds.get(kind)
    const unreadable = (reason: string): Either<UnreadableEvent, A> => E.left({ kind, v, reason })
    if (known === undefined) return unreadable(`unknown event kind ${kind}`)
    if (v > known.newest)
      return unreadable(`${kind} has version ${v}, newer than this engine knows`)
    if (v < 1) return unreadable(`${kind} has version ${v}, which never was`)
    const current = known.steps.reduce((p, u) => (u.from < v ? p : u.upcast(p)), payload)
    const decoded = known.codec.decode({ ...current, _tag: kind, v: known.newest })
    return decoded._tag === 'Right'
      ? decoded
      : unreadable(PathReporter.report(decoded).slice(0, 3).join('; '))
  }
}

export const decodeEvent: DecodeEvent<DomainEvent> = eventDecoder(
  domainEvents.map((codec) => codec as t.Type<DomainEvent, unknown>),
  upcasters,
)

export const encodeEvent = (
  event: DomainEvent,
): { readonly kind: string; readonly v: number; readonly payload: Record<string, unknown> } => {
  const { _tag, v, ...payload } = event
  return { kind: _tag, v, payload }
}
