/** One LevelDB directory with durable names: the only file that opens the database. */
import { chmod, mkdir, open, readdir, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { Level } from 'level'
import { syncDirectory } from './durable-files.ts'
import { complaintsOfOpening } from './level-log.ts'

/** Bounds the reopening time: a full log of 16 MiB is replayed in about 0.1 s. */
const writeBufferBytes = 16 * 1024 * 1024
const readChunkEntries = 512

export type Operation =
  | { readonly type: 'put'; readonly key: Buffer; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Buffer }

export interface Range {
  readonly gte: Buffer
  readonly lt: Buffer
  /** Newest first, at most so many. */
  readonly newest?: number
}

export type Entry = readonly [key: Buffer, value: Uint8Array]

export interface LevelDatabase {
  /** Lines in which LevelDB says that it dropped data while it opened. */
  readonly complaints: ReadonlyArray<string>
  readonly get: (key: Buffer) => Promise<Uint8Array | undefined>
  readonly entries: (range: Range) => AsyncGenerator<Entry>
  /** The same, many at a time: each turn of an asynchronous loop costs about as much as a hash. */
  readonly chunks: (range: Range) => AsyncGenerator<ReadonlyArray<Entry>>
  /** Atomic; resolves when bytes and file names are durable. */
  readonly write: (operations: ReadonlyArray<Operation>) => Promise<void>
  /** Rewrites the tables of a range without what was deleted from it. */
  readonly compact: (from: Buffer, to: Buffer) => Promise<void>
  readonly close: () => Promise<void>
}

type Handle = Level<Buffer, Uint8Array>

const logsIn = async (directory: string): Promise<ReadonlyArray<string>> =>
  (await readdir(directory)).filter((name) => name.endsWith('.log'))

async function* scan(db: Handle, range: Range): AsyncGenerator<ReadonlyArray<Entry>> {
  const { newest } = range
  const bounds = { gte: range.gte, lt: range.lt }
  const iterator = db.iterator(
    newest === undefined ? bounds : { ...bounds, reverse: true, limit: newest },
  )
  let ahead = iterator.nextv(readChunkEntries)
  try {
    for (;;) {
      const chunk = await ahead
      if (chunk.length === 0) return
      // The next chunk is read while the reader works on this one.
      ahead = iterator.nextv(readChunkEntries)
      ahead.catch(() => undefined)
      yield chunk
    }
  } finally {
    await iterator.close()
  }
}

async function* oneByOne(chunks: AsyncIterable<ReadonlyArray<Entry>>): AsyncGenerator<Entry> {
  for await (const chunk of chunks) yield* chunk
}

/** LevelDB syncs a new log's bytes, but not its name: that is lost with the power until we do. */
const nameKeeper = async (directory: string, handle: FileHandle): Promise<() => Promise<void>> => {
  let known = new Set(await logsIn(directory))
  return async () => {
    const logs = await logsIn(directory)
    if (logs.some((name) => !known.has(name))) await handle.sync()
    known = new Set(logs)
  }
}

/** A batch as one array takes the thread thirteen times as long: 140 ms for 40,000 deletions. */
const writeBatch = async (db: Handle, operations: ReadonlyArray<Operation>): Promise<void> => {
  const batch = db.batch()
  try {
    for (const operation of operations)
      if (operation.type === 'put') batch.put(operation.key, operation.value)
      else batch.del(operation.key)
    await batch.write({ sync: true })
  } finally {
    await batch.close()
  }
}

const connect = async (directory: string): Promise<Handle> => {
  // LevelDB would make it, and its files, readable by everybody.
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await chmod(directory, 0o700)
  const db: Handle = new Level<Buffer, Uint8Array>(directory, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    compression: false,
    writeBufferSize: writeBufferBytes,
  })
  await db.open()
  return db
}

/** Opens or creates; rejects with LevelDB's or the kernel's error. One handle per directory. */
export const openLevelDatabase = async (directory: string): Promise<LevelDatabase> => {
  const db = await connect(directory)
  try {
    // New MANIFEST, CURRENT and log, and, when just created, the directory's own name.
    await syncDirectory(directory)
    await syncDirectory(dirname(directory))
    const complaints = await complaintsOfOpening(directory)
    const handle = await open(directory, 'r')
    const keepNames = await nameKeeper(directory, handle)
    return {
      complaints,
      get: async (key) => {
        const value: Uint8Array | undefined = await db.get(key)
        return value
      },
      entries: (range) => oneByOne(scan(db, range)),
      chunks: (range) => scan(db, range),
      write: async (operations) => {
        await writeBatch(db, operations)
        await keepNames()
      },
      compact: async (from, to) => {
        // On this platform `level` is `classic-level`, which its types do not say.
        if (db instanceof ClassicLevel) await db.compactRange(from, to)
        await handle.sync()
      },
      close: async () => {
        await db.close()
        await handle.close()
      },
    }
  } catch (error) {
    await db.close()
    throw error
  }
}
