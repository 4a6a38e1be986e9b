/** A query: what a container has changed of its image. Off the main thread, never journalled. */
import { realpathSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { ContainerId, LayerId } from '../../../domain/identity.ts'
import { layerDirectory, writableDirectory, type Layout } from '../../../domain/ports/layout.ts'
import { startWorker } from '../../threads/worker-entry.ts'
import type { DiffReply, DiffTask } from './diff-task.ts'

export interface Changed {
  readonly id: ContainerId
  /** Bottom layer first. */
  readonly layers: ReadonlyArray<LayerId>
}

/** Left: why it cannot be told. Right: lines as `A /path`, as bytes. */
export type ContainerChanges = (
  container: Changed,
  gone: AbortSignal,
) => Promise<Either<string, ReadonlyArray<Uint8Array>>>

const taskOf = ({ root }: Layout, { id, layers }: Changed): DiffTask => {
  const inside: Layout = { root: '', state: '' }
  return {
    root: realpathSync(root),
    upper: `${writableDirectory(inside, id)}/diff`,
    lower: layers.map((layer) => `${layerDirectory(inside, layer)}/diff`).reverse(),
  }
}

export const containerChanges =
  (layout: Layout): ContainerChanges =>
  (container, gone) =>
    new Promise((resolve) => {
      const workerData = taskOf(layout, container)
      const worker = startWorker('diff', import.meta.url, { workerData })
      const end = (answer: Either<string, ReadonlyArray<Uint8Array>>): void => {
        resolve(answer)
        void worker.terminate()
      }
      gone.addEventListener('abort', () => end(E.left('the client has gone')))
      worker.on('error', (error) => end(E.left(String(error))))
      worker.on('exit', () => end(E.left('the thread ended')))
      worker.on('message', (reply: DiffReply) =>
        end(reply._tag === 'Changes' ? E.right(reply.lines) : E.left(reply.reason)),
      )
    })
