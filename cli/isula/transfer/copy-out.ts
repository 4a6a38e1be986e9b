/** From a container to a path here, or as a tar archive to stdout. */
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { absolutePath, splitPath } from '../../../adapters/copy/tree/copy-rules.ts'
import { ArchivePlacer } from '../../../adapters/copy/tree/place-archive.ts'
import type { CommandInput } from '../commands/command.ts'
import { calls } from '../transport/calls.ts'
import { failureText } from '../transport/failure.ts'
import type { InContainer } from './copy-paths.ts'
import { localCalls } from './local-calls.ts'

interface Sink {
  /** Throws or rejects where it cannot take them. */
  readonly take: (bytes: Buffer) => void | Promise<void>
  readonly end: () => void
  readonly close: () => void
}

const stdout: Sink = {
  take: (bytes) =>
    process.stdout.write(bytes)
      ? undefined
      : new Promise((drained) => process.stdout.once('drain', drained)),
  end: () => undefined,
  close: () => undefined,
}

/** CLI-CP-06: root keeps the owners; what anybody else copies is their own. */
const owner = (): { uid: number; gid: number } | undefined => {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  return uid === 0 ? undefined : { uid, gid }
}

const placing = (from: InContainer, to: string): Sink => {
  const placer = new ArchivePlacer({
    base: splitPath(absolutePath(from.path, '/')).base,
    path: absolutePath(to, resolve('.')),
    calls: localCalls,
    owner: owner(),
    throughLinks: false,
  })
  return {
    take: (bytes) => placer.feed(bytes),
    end: () => placer.end(),
    close: () => placer.close(),
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Left: why it failed, for the user. */
export const copyOut = async (
  { connection }: CommandInput,
  from: InContainer,
  to: string,
): Promise<E.Either<string, void>> => {
  const sink = to === '-' ? stdout : placing(from, to)
  const mine = new AbortController()
  let broken: string | undefined
  const failing = (error: unknown): void => {
    broken ??= textOf(error)
    mine.abort()
  }
  const opened = await connection.duplex(calls.copyFromContainer, {
    signal: mine.signal,
    each: async ({ data }) => {
      if (broken !== undefined || data.length === 0) return
      try {
        await sink.take(data)
      } catch (error) {
        failing(error)
      }
    },
  })
  if (E.isLeft(opened)) return E.left(failureText(opened.left))
  const call = opened.right
  await call.send({ id: from.container, srcpath: from.path })
  call.endSending()
  const ended = await call.ended
  try {
    if (broken === undefined && E.isRight(ended)) sink.end()
  } catch (error) {
    failing(error)
  } finally {
    sink.close()
  }
  if (broken !== undefined) return E.left(`cp: ${broken}`)
  return E.isLeft(ended) ? E.left(failureText(ended.left)) : E.right(undefined)
}
