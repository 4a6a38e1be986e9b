/** Decodes payloads by kind and version, upcasting old versions; unknown kinds are errors. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { PathReporter } from 'io-ts/lib/PathReporter.js'
import type * as t from 'io-ts'
import { domainEvents, type DomainEvent } from '../../domain/event.ts'
import { currentVersion, upcastersOf, type Upcaster } from './upcasters.ts'

/** Why an event cannot be folded; its stream is quarantined, the others go on (I8). */
export interface UnreadableEvent {
  readonly kind: string
  readonly v: number
  readonly reason: string
}

const codecs = new Map<string, t.Type<DomainEvent, unknown>>(
  domainEvents.map((codec) => [codec.name, codec as t.Type<DomainEvent, unknown>]),
)

const upcast = (
  kind: string,
  v: number,
  payload: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  upcastersOf(kind)
    .filter((u: Upcaster) => u.from >= v)
    .reduce((p, u) => u.upcast(p), payload)

/** `payload` is the event without `_tag` and `v`, as the envelope carries it. */
export const decodeEvent = (
  kind: string,
  v: number,
  payload: Readonly<Record<string, unknown>>,
): Either<UnreadableEvent, DomainEvent> => {
  const codec = codecs.get(kind)
  if (codec === undefined) return E.left({ kind, v, reason: `unknown event kind ${kind}` })
  if (v > currentVersion(kind))
    return E.left({ kind, v, reason: `${kind} has version ${v}, newer than this engine knows` })
  const current = upcast(kind, v, payload)
  const decoded = codec.decode({ ...current, _tag: kind, v: currentVersion(kind) })
  return decoded._tag === 'Right'
    ? decoded
    : E.left({ kind, v, reason: PathReporter.report(decoded).slice(0, 3).join('; ') })
}

export const encodeEvent = (
  event: DomainEvent,
): { readonly kind: string; readonly v: number; readonly payload: Record<string, unknown> } => {
  const { _tag, v, ...payload } = event
  return { kind: _tag, v, payload }
}
