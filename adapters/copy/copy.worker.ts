/** The thread of one copy: it is confined to the root file system before it touches any path. */
import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  writeSync,
  type BigIntStats,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { SystemError } from '../errors/system-error.ts'
import { confineThread } from '../kernel/confine.ts'
import { TarReader } from '../layers/tar/tar-reader.ts'
import { failureOf } from './copy-failure.ts'
import type { CopyThreadData, FromCopyThread, PathStat, ToCopyThread } from './copy-job.ts'
import { kernelCalls } from './kernel-calls.ts'
import { splitPath, type CopySource } from './tree/copy-rules.ts'
import { findPlacement } from './tree/find-placement.ts'
import { TreePlacer } from './tree/place-tree.ts'
import { inBlocks, TreeReader } from './tree/read-tree.ts'
import { upperHides } from './upper-directory.ts'

const billion = 1_000_000_000n

const post = (message: FromCopyThread, transfer: Array<ArrayBuffer> = []): void =>
  parentPort?.postMessage(message, transfer)

const enter = (root: string): void => {
  const confined = confineThread(root)
  if (!confined.ok) throw new SystemError(confined.errno, `cannot enter ${root}`)
}

const pathStat = (path: string, stat: BigIntStats): PathStat => ({
  Name: splitPath(path).base,
  Size: Number(stat.size),
  Mode: Number(stat.mode),
  Mtime: { seconds: Number(stat.mtimeNs / billion), nanos: Number(stat.mtimeNs % billion) },
  LinkTarget: stat.isSymbolicLink() ? readlinkSync(path) : '',
})

const statOf = (path: string): BigIntStats => {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (stat === undefined) throw new SystemError('ENOENT', `no such file or directory: ${path}`)
  return stat
}

/** What the messages of the starter do. */
type Handler = (message: ToCopyThread) => void

const beginOut = (path: string): Handler => {
  const stat = statOf(path)
  post({ _tag: 'Found', stat: pathStat(path, stat) })
  const { base } = splitPath(path)
  const name = Buffer.from(base === '/' ? '.' : base)
  const blocks = inBlocks(new TreeReader(kernelCalls).read({ path: Buffer.from(path), name }))
  return (message) => {
    if (message._tag !== 'More') return
    const next = blocks.next()
    if (next.done === true) post({ _tag: 'Done' })
    else post({ _tag: 'Block', bytes: next.value }, [next.value.buffer])
  }
}

const beginIn = (path: string, source: CopySource): Handler => {
  const placer = new TreePlacer({
    ...findPlacement(source, path),
    calls: kernelCalls,
    owner: undefined,
    throughLinks: true,
    fromRoot: false,
  })
  const reader = new TarReader(placer)
  post({ _tag: 'Taken' })
  return (message) => {
    if (message._tag === 'Data') {
      try {
        reader.feed(
          Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength),
        )
      } catch (error) {
        placer.close()
        throw error
      }
      post({ _tag: 'Taken' })
    }
    if (message._tag !== 'End') return
    reader.end()
    placer.finish()
    post({ _tag: 'Done' })
  }
}

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants

/** The file is opened before the thread is confined, and written by its number. */
const writeTree = (fd: number, reader: TreeReader, each: (block: Uint8Array) => void): void => {
  const pieces = reader.read({ path: Buffer.from('/'), name: Buffer.alloc(0) })
  for (const block of inBlocks(pieces)) {
    each(block)
    for (let done = 0; done < block.length;) done += writeSync(fd, block, done)
  }
  fsyncSync(fd)
}

const commitTo = (fd: number): void => {
  const hash = createHash('sha256')
  writeTree(fd, new TreeReader(kernelCalls, upperHides), (block) => hash.update(block))
  post({ _tag: 'Digested', digest: hash.digest('hex') })
}

const begin = ({ root, job }: CopyThreadData): Handler => {
  if (job._tag === 'Out' || job._tag === 'In') {
    enter(root)
    return job._tag === 'Out' ? beginOut(job.path) : beginIn(job.path, job.source)
  }
  const fd = openSync(job.file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    enter(root)
    if (job._tag === 'Commit') commitTo(fd)
    else writeTree(fd, new TreeReader(kernelCalls), () => undefined)
  } finally {
    closeSync(fd)
  }
  post({ _tag: 'Done' })
  return () => undefined
}

/** After a failure nothing more is done: the starter ends this thread. */
const reporting = <A>(run: () => A): A | undefined => {
  try {
    return run()
  } catch (error) {
    parentPort?.removeAllListeners('message')
    post(failureOf(error))
    return undefined
  }
}

// Linux has a nice value for each thread: bulk work yields to the thread that answers clients.
setPriority(5)

const handle = reporting(() => begin(workerData as CopyThreadData))
parentPort?.on('message', (message: ToCopyThread) => {
  reporting(() => handle?.(message))
})
