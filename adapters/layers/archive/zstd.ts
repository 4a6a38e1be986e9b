/** Zstandard by the host's `zstd` program: Node 20 has no decoder. For worker threads. */
import { spawn, type ChildProcess } from 'node:child_process'
import { pipeline, Readable } from 'node:stream'
import { hasErrno } from '../../errors/errno.ts'
import { malformed, notWhole } from '../tar/archive-error.ts'

type Pieces = AsyncIterable<Buffer> | Iterable<Buffer>

/** What the program says beyond this is not worth keeping. */
const maxSaidBytes = 4096

interface Ended {
  readonly code: number | null
  readonly error: Error | undefined
}

const endOf = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve) => {
    let error: Error | undefined
    // A program that cannot be started closes nothing.
    child.once('error', (cause) => resolve({ code: null, error: (error = cause) }))
    child.once('close', (code) => resolve({ code, error }))
  })

const collected = (stream: Readable): (() => string) => {
  let said = ''
  stream.on('data', (bytes: Buffer) => {
    if (said.length < maxSaidBytes) said += bytes.toString('utf8')
  })
  return () => said.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
}

/** Throws what the end means: no program, or data that it refused. */
const judge = ({ code, error }: Ended, said: string): void => {
  if (hasErrno(error, 'ENOENT'))
    throw malformed('compression zstd needs the program zstd, which is not installed')
  if (error !== undefined) throw error
  if (code !== 0) throw notWhole(`zstd: ${said === '' ? `exit code ${code}` : said}`)
}

/** Feeds the program; answers how to learn what went wrong with the source itself. */
const feed = (pieces: Pieces, child: ChildProcess): (() => unknown) => {
  let failure: unknown
  async function* copies() {
    try {
      // Copied, because the source reuses its buffer while the pipe still holds it.
      for await (const piece of pieces) yield Buffer.from(piece)
    } catch (error) {
      failure = error
      throw error
    }
  }
  if (child.stdin === null) throw new Error('the program has no input')
  // `EPIPE` says only that the program ended before its input did: its exit code says why.
  pipeline(Readable.from(copies(), { objectMode: false }), child.stdin, () => undefined)
  return () => failure
}

/**
 * Decompresses; damaged or cut data throws `EVERIFY`. The window is limited to 128 MiB (the
 * program's own default), so that no frame can ask for all of the memory.
 */
export async function* zstdDecompressed(pieces: Pieces): AsyncGenerator<Buffer> {
  const child = spawn('zstd', ['-d', '-c', '-q'], { stdio: 'pipe', cwd: '/' })
  const ended = endOf(child)
  const said = collected(child.stderr)
  const failure = feed(pieces, child)
  try {
    for await (const piece of child.stdout) if (Buffer.isBuffer(piece)) yield piece
    await ended
  } catch (error) {
    const end = await ended
    throw end.error === undefined ? error : end.error
  } finally {
    child.kill('SIGKILL')
    // Nobody is left behind, also where the reader stopped early.
    await ended
  }
  if (failure() !== undefined) throw failure()
  judge(await ended, said())
}
