/** From a path here, or a tar archive on stdin, to a container. */
import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { absolutePath, splitPath } from '../../../adapters/copy/tree/copy-rules.ts'
import { inBlocks, TreeReader } from '../../../adapters/copy/tree/read-tree.ts'
import type { CommandInput } from '../commands/command.ts'
import { calls } from '../transport/calls.ts'
import { failureText } from '../transport/failure.ts'
import type { InContainer } from './copy-paths.ts'
import { localCalls } from './local-calls.ts'

/** What the daemon learns before the archive (spec 22 section 3). */
interface Announced {
  readonly srcPath: string
  readonly srcIsdir: boolean
  readonly dstPath: string
}

interface Source extends Announced {
  readonly bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

const messageBytes = 32 << 10

const requestKey = 'isulad-copy-to-container'

/** An archive goes into a directory that is there. */
const fromStdin = ({ path }: InContainer): Source => ({
  srcPath: '/.',
  srcIsdir: true,
  dstPath: `${path.replace(/\/+$/, '')}/.`,
  bytes: process.stdin,
})

/** Throws where there is no such path. */
const fromPath = (given: string, { path }: InContainer): Source => {
  const srcPath = absolutePath(given, resolve('.'))
  const srcIsdir = lstatSync(srcPath).isDirectory()
  const { base } = splitPath(srcPath)
  const name = Buffer.from(base === '/' ? '.' : base)
  const pieces = new TreeReader(localCalls).read({ path: Buffer.from(srcPath), name })
  return { srcPath, srcIsdir, dstPath: path, bytes: inBlocks(pieces) }
}

/** Headers are ASCII. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const metadataOf = (to: InContainer, { srcPath, srcIsdir, dstPath }: Announced) => ({
  [requestKey]: asciiJson({
    id: to.container,
    runtime: '',
    ...{ srcPath, srcIsdir, srcRebaseName: '', dstPath },
  }),
})

interface Sending {
  readonly send: (message: { readonly data: Buffer }) => Promise<boolean>
  readonly cancel: () => void
}

/** Undefined where all was sent, or the call ended before. */
const sendAll = async (call: Sending, { bytes }: Source): Promise<string | undefined> => {
  try {
    for await (const block of bytes)
      for (let at = 0; at < block.length; at += messageBytes) {
        const data = Buffer.from(block.subarray(at, at + messageBytes))
        if (!(await call.send({ data }))) return undefined
      }
    await call.send({ data: Buffer.alloc(0) })
    return undefined
  } catch (error) {
    call.cancel()
    return error instanceof Error ? error.message : String(error)
  }
}

const opening = (from: string, to: InContainer): E.Either<string, Source> =>
  E.tryCatch(
    () => (from === '-' ? fromStdin(to) : fromPath(from, to)),
    (error) => `cp: ${error instanceof Error ? error.message : String(error)}`,
  )

/** Left: why it failed, for the user. */
export const copyIn = async (
  { connection }: CommandInput,
  from: string,
  to: InContainer,
): Promise<E.Either<string, void>> => {
  const source = opening(from, to)
  if (E.isLeft(source)) return source
  let finished = false
  const opened = await connection.duplex(calls.copyToContainer, {
    metadata: metadataOf(to, source.right),
    each: ({ finish }) => {
      finished ||= finish
    },
  })
  if (E.isLeft(opened)) return E.left(failureText(opened.left))
  const call = opened.right
  const broken = await sendAll(call, source.right)
  if (broken !== undefined) return E.left(`cp: ${broken}`)
  call.endSending()
  const ended = await call.ended
  if (E.isLeft(ended)) return E.left(failureText(ended.left))
  return finished ? E.right(undefined) : E.left('cp: the daemon did not say that it is done')
}
