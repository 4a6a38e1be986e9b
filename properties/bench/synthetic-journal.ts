/** A long legal history: containers that are created, started, exit and are released, in turn. */
import { bootId, containerId, imageId, layerId, type OperationId } from '../../domain/identity.ts'
import { sampleHost, sampleProcess } from '../../domain/container/container-fixture.ts'
import type { ContainerEvent } from '../../domain/container/events.ts'
import { streamOf } from '../../domain/event.ts'
import { chainHash } from '../../journal/record/hash-chain.ts'
import { encodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { encodeEvent } from '../../journal/record/event-codec.ts'
import type { JournalStore, NewRecord } from '../../journal/store/journal-store.ts'
import { noStorage } from '../../domain/container/storage.ts'

const containers = 500
const perBatch = 250

const hex = (n: number): string => n.toString(16).padStart(64, '0')

const created = (n: number, operation: OperationId): ReadonlyArray<ContainerEvent> => {
  const id = containerId(hex(n))
  return [
    {
      _tag: 'ContainerCreateRequested',
      v: 1,
      id,
      operation,
      name: `c${n}`,
      image: { id: imageId(hex(1)), reference: 'busybox:latest' },
      layers: [layerId(hex(2))],
      runtime: 'crun',
      cgroupPath: `/isulad/${id}`,
      host: sampleHost,
      process: sampleProcess,
      storage: noStorage,
    },
    { _tag: 'ContainerCreated', v: 1, id, operation },
  ]
}

const lived = (
  n: number,
  attempt: number,
  operation: OperationId,
): ReadonlyArray<ContainerEvent> => {
  const id = containerId(hex(n))
  const init = { boot: bootId('bench'), pid: 1000 + n, startTicks: attempt }
  return [
    {
      _tag: 'ContainerStartRequested',
      v: 1,
      id,
      operation,
      attempt,
      cause: 'user',
      deadline: null,
      joins: [],
    },
    { _tag: 'ContainerLaunched', v: 1, id, attempt, processes: { init, monitor: init } },
    { _tag: 'ContainerStarted', v: 1, id, operation, attempt },
    {
      _tag: 'ContainerExited',
      v: 1,
      id,
      attempt,
      exit: { _tag: 'KnownExit', code: 0, wallMs: 1_700_000_000_000 },
      oomKilled: false,
      cause: 'itself',
    },
    { _tag: 'ContainerReleased', v: 1, id, attempt },
  ]
}

const history = function* (operation: OperationId): Generator<ContainerEvent> {
  for (let n = 1; n <= containers; n += 1) yield* created(n, operation)
  for (let attempt = 1; ; attempt += 1)
    for (let n = 1; n <= containers; n += 1) yield* lived(n, attempt, operation)
}

/** Appends exactly `events` records to an empty store. */
export const fillJournal = async (
  store: JournalStore,
  events: number,
  operation: OperationId,
): Promise<void> => {
  const streams = new Map<string, number>()
  let { seq, hash } = store.head()
  let batch: NewRecord[] = []
  for (const event of history(operation)) {
    if (seq >= events) break
    const stream = streamOf(event)
    const streamSeq = (streams.get(stream) ?? 0) + 1
    streams.set(stream, streamSeq)
    seq += 1
    const bytes = encodeEnvelope({
      seq,
      at: 1_700_000_000_000 + seq,
      mono: seq,
      boot: 'bench',
      actor: 'uid:0/pid:1',
      request: '',
      causation: 0,
      stream,
      streamSeq,
      ...encodeEvent(event),
    })
    hash = chainHash(hash, bytes)
    batch.push({ seq, hash, bytes, stream, streamSeq })
    if (batch.length === perBatch) {
      await store.append(batch)
      batch = []
    }
  }
  if (batch.length > 0) await store.append(batch)
}
