/** CopyPort: bytes between a mounted root file system and a client, each copy in its own thread. */
import { realpathSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { ContainerId, CopyId } from '../../domain/identity.ts'
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'
import { rootfsMount, type Layout } from '../../domain/ports/layout.ts'
import type { CopyPort } from '../../domain/ports/storage-ports.ts'
import { isMissing } from '../errors/errno.ts'
import { isMountPoint } from '../kernel/mountinfo.ts'
import { startWorker } from '../threads/worker-entry.ts'
import { failureOf } from './copy-failure.ts'
import type { CopyJob, CopyThreadData, FromCopyThread, ToCopyThread } from './copy-job.ts'
import { checkExportTarget, partialFile } from './export-file.ts'
import type { CopyInSession, CopyOutSession, CopySession, CopySessions } from './sessions.ts'

export interface CopyPortOptions {
  readonly layout: Layout
  readonly sessions: CopySessions
}

type Ended = Either<EffectError, void>

/** Blocks under way to the client: the thread reads on while they are sent. */
const blocksAhead = 4

const gone: Ended = E.left(notApplied('ECANCELED', 'the client has gone'))

const failed = (error: unknown): Ended => {
  const { errno, detail } = failureOf(error)
  return E.left(notApplied(errno, detail))
}

/** One thread at work; ends with the first thing that ends it. */
class Transfer {
  readonly ended: Promise<Ended>
  readonly #worker: Worker
  readonly #session: CopySession
  #settle: (answer: Ended) => void = () => undefined
  #taken: () => void = () => undefined
  /** Blocks go to the client one after another. */
  #sent: Promise<void> = Promise.resolve()

  constructor(data: CopyThreadData, session: CopySession) {
    this.#session = session
    this.#worker = startWorker('copy', import.meta.url, { workerData: data })
    const settled = new Promise<Ended>((settle) => (this.#settle = settle))
    const stop = (): void => this.#settle(gone)
    session.gone.addEventListener('abort', stop)
    if (session.gone.aborted) stop()
    this.#worker.on('message', (message: FromCopyThread) => this.#take(message))
    this.#worker.on('error', (error) => this.#settle(failed(error)))
    this.#worker.on('exit', () => this.#settle(E.left(indeterminate('the thread ended'))))
    this.ended = settled.then(async (answer) => {
      session.gone.removeEventListener('abort', stop)
      // Only when it has ended nothing is written any more.
      await this.#worker.terminate()
      return answer
    })
    if (session._tag === 'In') void this.#feed(session)
    if (session._tag === 'Out')
      for (let n = 0; n < blocksAhead; n += 1) this.#post({ _tag: 'More' })
  }

  stop(): Promise<Ended> {
    this.#settle(E.left(indeterminate('it was ended')))
    return this.ended
  }

  #post(message: ToCopyThread): void {
    this.#worker.postMessage(message)
  }

  #take(message: FromCopyThread): void {
    switch (message._tag) {
      case 'Found':
        return this.#out()?.found(message.stat)
      case 'Block':
        return this.#send(message.bytes)
      case 'Taken':
        return this.#taken()
      case 'Digested':
        if (this.#session._tag === 'Commit') this.#session.digested(message.digest)
        return
      case 'Done':
        return void this.#sent.then(() => this.#settle(E.right(undefined)))
      case 'Failed':
        return this.#settle(E.left(notApplied(message.errno, message.detail)))
    }
  }

  #out(): CopyOutSession | undefined {
    return this.#session._tag === 'Out' ? this.#session : undefined
  }

  #send(bytes: Uint8Array): void {
    this.#sent = this.#sent.then(async () => {
      await this.#out()?.write(bytes)
      this.#post({ _tag: 'More' })
    })
    this.#sent.catch(() => this.#settle(gone))
  }

  /** The next bytes go to the thread when it has written the last ones. */
  async #feed({ bytes }: CopyInSession): Promise<void> {
    const taken = (): Promise<void> => new Promise((resolve) => (this.#taken = resolve))
    try {
      let ready = taken()
      for await (const piece of bytes) {
        await ready
        ready = taken()
        this.#post({ _tag: 'Data', bytes: piece })
      }
      await ready
      this.#post({ _tag: 'End' })
    } catch {
      // The stream of the client tells its end by a rejection.
      this.#settle(gone)
    }
  }
}

/** The mount table has paths without symbolic links. Undefined: nothing is mounted there. */
const mountedRoot = (layout: Layout, id: ContainerId): string | undefined => {
  try {
    const root = realpathSync(rootfsMount(layout, id))
    return isMountPoint(root) ? root : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Beside the mount point (`layout.ts`); a mounted overlay sees what it changes there. */
const upperOf = (root: string): string => `${dirname(root)}/diff`

const jobOf = (session: CopySession, copy: CopyId): CopyJob => {
  switch (session._tag) {
    case 'Out':
      return { _tag: 'Out', path: session.path }
    case 'In':
      return { _tag: 'In', path: session.path, source: session.source }
    case 'Export':
    case 'Commit':
      return { _tag: session._tag, file: partialFile(session.file, copy) }
  }
}

const writesFile = (
  session: CopySession,
): session is Extract<CopySession, { readonly file: string }> =>
  session._tag === 'Export' || session._tag === 'Commit'

/** The file gets its name only when it is whole. */
const finishExport = (file: string, copy: CopyId, answer: Ended): Ended => {
  const partial = partialFile(file, copy)
  try {
    if (E.isRight(answer)) renameSync(partial, file)
    else rmSync(partial, { force: true })
    return answer
  } catch (error) {
    return E.isLeft(answer) ? answer : failed(error)
  }
}

export const makeCopyPort = ({ layout, sessions }: CopyPortOptions): CopyPort => {
  const running = new Map<CopyId, Transfer>()

  const carryOut = async (id: ContainerId, copy: CopyId, session: CopySession): Promise<Ended> => {
    const refused = writesFile(session) ? checkExportTarget(session.file) : undefined
    if (refused !== undefined) return E.left(refused)
    const root = mountedRoot(layout, id)
    if (root === undefined)
      return E.left(notApplied('ENOENT', 'the root file system is not mounted'))
    const data = {
      root: session._tag === 'Commit' ? upperOf(root) : root,
      job: jobOf(session, copy),
    }
    const transfer = new Transfer(data, session)
    running.set(copy, transfer)
    const answer = await transfer.ended
    running.delete(copy)
    return writesFile(session) ? finishExport(session.file, copy, answer) : answer
  }

  return {
    transfer: (id, copy) => async () => {
      const session = sessions.find(copy)
      return session === undefined
        ? E.left(notApplied('ENOENT', 'no client waits for this copy'))
        : carryOut(id, copy, session)
    },
    end: (copy) => async () => {
      await running.get(copy)?.stop()
      return E.right(undefined)
    },
  }
}
