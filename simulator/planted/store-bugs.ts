/** Stores with one mistake each: what a wrong journal could look like (M3). */
import type { NewRecord, StoredRecord } from '../../journal/store/journal-store.ts'
import type { PlantedBug } from '../faults/planted.ts'

export const forgottenRequests: PlantedBug = {
  name: 'request ids are not remembered',
  store: (store) => ({ ...store, sequenceOfRequest: () => Promise.resolve(undefined) }),
}

/** A batch becomes durable in two halves: a crash in between leaves half of a command. */
export const halfBatch: PlantedBug = {
  name: 'a batch is written in two halves',
  store: (store) => ({
    ...store,
    append: async (records) => {
      const middle = Math.ceil(records.length / 2)
      await store.append(records.slice(0, middle))
      if (middle < records.length) await store.append(records.slice(middle))
    },
  }),
}

export const brokenChain: PlantedBug = {
  name: 'a record is stored with another hash than its own',
  store: (store) => ({
    ...store,
    append: (records) =>
      store.append(
        records.map((r): NewRecord =>
          r.seq % 7 === 0 ? { ...r, hash: new Uint8Array(r.hash).fill(7) } : r,
        ),
      ),
  }),
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** The bytes are changed after they were hashed, as by a codec that is not its own inverse. */
export const alteredBytes: PlantedBug = {
  name: 'a stored record is not what was decided',
  store: (store) => ({
    ...store,
    append: (records) =>
      store.append(
        records.map((r): NewRecord => {
          const text = decoder.decode(r.bytes)
          return text.includes('"ContainerExited"')
            ? { ...r, bytes: encoder.encode(text.replace('"cause":"stop"', '"cause":"itself"')) }
            : r
        }),
      ),
  }),
}

/** What is read after a restart lacks the newest event. */
export const forgottenTail: PlantedBug = {
  name: 'a restart does not read the newest record',
  store: (store) => {
    const known = store.head().seq
    const read = async function* (from: number, to = store.head().seq) {
      for await (const record of store.read(from, to))
        if (record.seq !== known || known < 12) yield record satisfies StoredRecord
    }
    return { ...store, read }
  },
}

/** A failed append is said to have worked. */
export const swallowedError: PlantedBug = {
  name: 'a lost append is acknowledged',
  store: (store) => {
    let appends = 0
    let head = store.head()
    return {
      ...store,
      head: () => head,
      append: async (records) => {
        appends += 1
        const last = records.at(-1)
        if (last !== undefined) head = { seq: last.seq, hash: last.hash }
        if (appends % 9 !== 0) await store.append(records)
      },
    }
  },
}

export const storeBugs = {
  forgottenRequests,
  halfBatch,
  brokenChain,
  alteredBytes,
  forgottenTail,
  swallowedError,
}
