/** Values of every kind of event, drawn from the structure of its io-ts codec. */
import fc from 'fast-check'
import * as t from 'io-ts'
import { DefaultedType } from '../../domain/defaulted.ts'
import { domainEvents, streamOf, type DomainEvent } from '../../domain/event.ts'
import { encodeEvent } from '../../journal/record/event-codec.ts'
import type { Envelope } from '../../journal/record/envelope.ts'

/** Few ids, so that events of one history meet in the same streams. */
const few = (letter: string): fc.Arbitrary<string> =>
  fc.constantFrom(...[1, 2, 3].map((n) => `${letter}${n}`.padEnd(64, '0')))

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n))
const key = fc.string({ maxLength: 8 }).filter((s) => s !== '__proto__')

const leaves: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  ContainerId: few('c'),
  ImageId: few('b'),
  LayerId: few('a'),
  DiffId: few('d'),
  CopyId: fc.constantFrom('copy-1', 'copy-2'),
  VolumeName: fc.constantFrom('data', 'cache', 'f'.repeat(64)),
  ExecId: fc.constantFrom('e1', 'e2', 'E.x-3'),
  OperationId: fc.constantFrom('o1', 'o2', 'o3', 'o4'),
  BootId: fc.constantFrom('boot-1', 'boot-2'),
  Integer: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.maxSafeInteger()),
  string: fc.oneof(fc.constantFrom('', 'name-1', 'name-2'), fc.string({ unit: 'binary' })),
  number: finite,
  boolean: fc.boolean(),
  null: fc.constant(null),
}

const members = (props: t.Props): fc.Arbitrary<unknown> =>
  fc.record(Object.fromEntries(Object.entries(props).map(([k, codec]) => [k, valuesOf(codec)])), {
    noNullPrototype: true,
  })

/** A new sort of codec must be added here: it is told by its name. */
const valuesOf = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  if (codec instanceof DefaultedType) return valuesOf(codec.type as t.Mixed)
  if (codec instanceof t.LiteralType) return fc.constant(codec.value)
  if (codec instanceof t.KeyofType) return fc.constantFrom(...Object.keys(codec.keys as object))
  if (codec instanceof t.ExactType) return valuesOf(codec.type as t.Mixed)
  if (codec instanceof t.InterfaceType) return members(codec.props as t.Props)
  if (codec instanceof t.UnionType)
    return fc.oneof(...(codec.types as ReadonlyArray<t.Mixed>).map(valuesOf))
  if (codec instanceof t.ArrayType || codec instanceof t.ReadonlyArrayType)
    return fc.array(valuesOf(codec.type as t.Mixed), { maxLength: 3 })
  if (codec instanceof t.DictionaryType)
    return fc.dictionary(key, valuesOf(codec.codomain as t.Mixed), {
      maxKeys: 3,
      noNullPrototype: true,
    })
  const leaf = leaves[codec.name]
  if (leaf === undefined) throw new Error(`no values are known for the codec ${codec.name}`)
  return leaf
}

export type EventCodec = (typeof domainEvents)[number]

export const eventsOf = (codec: EventCodec): fc.Arbitrary<DomainEvent> =>
  valuesOf(codec).filter((value): value is DomainEvent => codec.is(value))

export const anyEvent: fc.Arbitrary<DomainEvent> = fc.oneof(...domainEvents.map(eventsOf))

/** Legal or not: a fold is total, and its determinism must not rest on legality. */
export const anyHistory: fc.Arbitrary<ReadonlyArray<DomainEvent>> = fc.array(anyEvent, {
  minLength: 1,
  maxLength: 25,
})

/** The envelopes that an engine would write around these events, from sequence 1 on. */
export const envelopesOf = (events: ReadonlyArray<DomainEvent>): ReadonlyArray<Envelope> => {
  const streams = new Map<string, number>()
  return events.map((event, i) => {
    const stream = streamOf(event)
    const streamSeq = (streams.get(stream) ?? 0) + 1
    streams.set(stream, streamSeq)
    return {
      ...{ seq: i + 1, at: 1_700_000_000_000 + i * 7, mono: 1_000 + i * 7, boot: 'boot-1' },
      ...{ actor: 'uid:0/pid:1', request: `request-${i + 1}`, causation: 0, stream, streamSeq },
      ...encodeEvent(event),
    }
  })
}
