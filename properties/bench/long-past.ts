/** A long legal history of an engine: some containers that stay, many that come and go. */
import { sampleHost, sampleProcess } from '../../domain/container/container-fixture.ts'
import type { ContainerEvent } from '../../domain/container/events.ts'
import { streamOf, type DomainEvent } from '../../domain/event.ts'
import {
  bootId,
  containerId,
  imageId,
  layerId,
  operationId,
  type ContainerId,
} from '../../domain/identity.ts'
import { chainHash } from '../../journal/record/hash-chain.ts'
import { encodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { encodeEvent } from '../../journal/record/event-codec.ts'
import type { Head, NewRecord } from '../../journal/store/journal-store.ts'
import { noStorage } from '../../domain/container/storage.ts'

export const stayingContainers = 200

const boot = bootId('bench')
const operation = operationId('0123456789abcdef0123456789abcdef')
const idOf = (n: number): ContainerId =>
  containerId(((n * 0x9e3779b1) % 0x100000000).toString(16).padStart(16, '0').repeat(4))

const created = (n: number): ReadonlyArray<ContainerEvent> => {
  const id = idOf(n)
  return [
    {
      _tag: 'ContainerCreateRequested',
      v: 1,
      id,
      operation,
      name: `c${n}`,
      image: { id: imageId('1'.repeat(64)), reference: 'busybox:latest' },
      layers: [layerId('2'.repeat(64))],
      runtime: 'crun',
      cgroupPath: `/isulad/${id}`,
      host: sampleHost,
      process: sampleProcess,
      storage: noStorage,
    },
    { _tag: 'ContainerCreated', v: 1, id, operation },
  ]
}

const started = (n: number): ReadonlyArray<ContainerEvent> => {
  const id = idOf(n)
  const init = { boot, pid: 1_000 + (n % 30_000), startTicks: n }
  const cause = 'user'
  return [
    {
      _tag: 'ContainerStartRequested',
      v: 1,
      id,
      operation,
      attempt: 1,
      cause,
      deadline: null,
      joins: [],
    },
    { _tag: 'ContainerLaunched', v: 1, id, attempt: 1, processes: { init, monitor: init } },
    { _tag: 'ContainerStarted', v: 1, id, operation, attempt: 1 },
  ]
}

const ended = (n: number): ReadonlyArray<ContainerEvent> => {
  const id = idOf(n)
  const exit = { _tag: 'KnownExit', code: 0, wallMs: 1_700_000_000_000 } as const
  const cause = 'itself'
  return [
    { _tag: 'ContainerExited', v: 1, id, attempt: 1, exit, oomKilled: false, cause },
    { _tag: 'ContainerReleased', v: 1, id, attempt: 1 },
  ]
}

const removed = (n: number): ReadonlyArray<ContainerEvent> => {
  const id = idOf(n)
  return [
    { _tag: 'ContainerRemoveRequested', v: 1, id, operation, cause: 'user', volumes: false },
    { _tag: 'ContainerRemoved', v: 1, id },
  ]
}

/** Commands, each as the events that it leads to. */
function* commands(staying: number): Generator<ReadonlyArray<DomainEvent>> {
  for (let n = 1; n <= staying; n += 1) {
    yield created(n)
    yield started(n)
  }
  for (let n = staying + 1; ; n += 1) {
    yield created(n)
    yield started(n)
    yield ended(n)
    yield removed(n)
  }
}

export interface PastRecord {
  readonly record: NewRecord
  readonly event: DomainEvent
}

/** Records without end that continue `genesis`; every command has a request id. */
export function* longPast(genesis: Head, staying = stayingContainers): Generator<PastRecord> {
  const streams = new Map<string, number>()
  let { seq, hash } = genesis
  for (const events of commands(staying)) {
    const request = `bench-${seq}`
    for (const [i, event] of events.entries()) {
      const stream = streamOf(event)
      const streamSeq = (streams.get(stream) ?? 0) + 1
      if (event._tag === 'ContainerRemoved') streams.delete(stream)
      else streams.set(stream, streamSeq)
      seq += 1
      const bytes = encodeEnvelope({
        seq,
        at: 1_700_000_000_000 + seq,
        mono: seq,
        boot,
        actor: 'uid:0/pid:1',
        request,
        causation: 0,
        stream,
        streamSeq,
        ...encodeEvent(event),
      })
      hash = chainHash(hash, bytes)
      const requestId = i === 0 ? { requestId: request } : {}
      yield { record: { seq, hash, bytes, stream, streamSeq, ...requestId }, event }
    }
  }
}

/** Two containers that stay and some that come and go; what two small archives hold, and more. */
export const shortPast = (genesis: Head): ReadonlyArray<NewRecord> => {
  const records: Array<NewRecord> = []
  for (const { record } of longPast(genesis, 2)) {
    records.push(record)
    if (records.length === 60) break
  }
  return records
}
