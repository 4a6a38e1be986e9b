/** Keeps the logs of all containers: makes the json-file, and rotates the durable log. */
import { watch, type FSWatcher } from 'node:fs'
import { stat } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { checkLogOptions, isRecorded, type LogOptions } from '../../domain/container/log-options.ts'
import type { Container } from '../../domain/container/state.ts'
import type { ContainerId } from '../../domain/identity.ts'
import {
  containerDirectory,
  jsonLogFile,
  logFile,
  type ContainerRef,
  type Layout,
} from '../../domain/ports/layout.ts'
import { hasErrno } from '../errors/errno.ts'
import type { MonitorControl } from '../monitor/control.ts'
import { JsonLog } from './json-log.ts'
import { rotate } from './rotation.ts'

export interface LogKeeperParts {
  readonly layout: Layout
  readonly control: Pick<MonitorControl, 'reopenLog'>
  readonly containers: () => Iterable<Container>
  readonly container: (id: ContainerId) => Container | undefined
  readonly subscribe: (listener: (id: ContainerId) => void) => () => void
  readonly warn: (message: string) => void
}

export interface LogKeeper {
  /** Catches up with what was written while no daemon ran, then goes on. */
  readonly start: () => void
  readonly stop: () => Promise<void>
}

/** A busy log is looked at so often at most (ms). */
const pauseMs = 250

const refOf = (c: Container): ContainerRef => ({
  id: c.id,
  runtime: c.runtime,
  attempt: c.phase._tag === 'Running' ? c.phase.attempt : c.attempt,
  cgroupPath: c.cgroupPath,
})

const usual: LogOptions = { recorded: true, maxSizeBytes: 1024 * 1024, maxFiles: 7 }

const optionsOf = ({ process }: Container): LogOptions =>
  E.getOrElse(() => usual)(checkLogOptions(process.Annotations))

/** A container on its way out takes its files with it: errors about them are no news. */
const isGone = (error: unknown): boolean => hasErrno(error, 'ENOENT', 'ENOTDIR')

/** Of a container that is about to go nothing is made any more. */
const isKept = (container: Container | undefined): boolean =>
  container !== undefined && container.phase._tag !== 'Removing' && !container.host.AutoRemove

class Kept {
  readonly #parts: LogKeeperParts
  readonly #id: ContainerId
  readonly #options: LogOptions
  readonly #durable: string
  readonly #log: JsonLog
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined
  #work: Promise<void> = Promise.resolve()
  #waiting = false

  constructor(parts: LogKeeperParts, container: Container) {
    const { layout } = parts
    this.#parts = parts
    this.#id = container.id
    this.#options = optionsOf(container)
    this.#durable = logFile(layout, container)
    const json = jsonLogFile(layout, container)
    const progress = `${json}.progress`
    this.#log = new JsonLog({ durable: this.#durable, json, progress }, this.#options)
    this.#watch(containerDirectory(layout, container))
  }

  /** Soon; several wishes become one. */
  readonly soon = (): void => {
    if (this.#timer !== undefined || this.#waiting) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.now(false)
    }, pauseMs)
  }

  /** At once, after what is being done. Never rejects. */
  now(isOver: boolean): Promise<void> {
    this.#waiting = true
    this.#work = this.#work.then(async () => {
      this.#waiting = false
      try {
        const isAtEnd = await this.#log.advance(isOver)
        await this.#limit()
        if (!isAtEnd) this.soon()
      } catch (error) {
        if (!isGone(error)) this.#parts.warn(`log of ${this.#id}: ${String(error)}`)
      }
    })
    return this.#work
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer)
    this.#watcher?.close()
    await this.#work
    await this.#log.close()
  }

  #watch(directory: string): void {
    try {
      this.#watcher = watch(directory, { persistent: false }, (_, name) => {
        if (name !== null && this.#durable.endsWith(`/${name}`)) this.soon()
      })
      this.#watcher.on('error', (error) => this.#parts.warn(`log watch: ${error.message}`))
    } catch (error) {
      if (!isGone(error)) this.#parts.warn(`log watch: ${String(error)}`)
    }
  }

  /** The monitor writes on into the renamed file until it has opened a new one. */
  async #limit(): Promise<void> {
    const container = this.#parts.container(this.#id)
    if (container?.phase._tag !== 'Running') return
    if ((await stat(this.#durable)).size < this.#options.maxSizeBytes) return
    // One file alone would be lost at every rotation, before it could be read.
    await rotate(this.#durable, Math.max(2, this.#options.maxFiles))
    const reopened = await this.#parts.control.reopenLog(refOf(container))()
    if (E.isLeft(reopened))
      this.#parts.warn(`log of ${this.#id}: the monitor did not open a new file`)
  }
}

export const logKeeper = (parts: LogKeeperParts): LogKeeper => {
  const kept = new Map<ContainerId, Kept>()
  const settling = new Set<Promise<void>>()
  const settle = (work: Promise<void>): void => {
    settling.add(work)
    void work.finally(() => settling.delete(work))
  }
  const finish = async (one: Kept, isOver: boolean): Promise<void> => {
    await one.now(isOver)
    await one.end()
  }
  const look = (id: ContainerId): void => {
    const container = parts.container(id)
    const runs = container?.phase._tag === 'Running' && isRecorded(container.process.Annotations)
    const known = kept.get(id)
    if (runs) {
      const one = known ?? new Kept(parts, container)
      kept.set(id, one)
      if (known === undefined) one.soon()
      return
    }
    if (known === undefined) return
    kept.delete(id)
    settle(isKept(container) ? finish(known, true) : known.end())
  }
  let unsubscribe = (): void => undefined
  return {
    start: () => {
      unsubscribe = parts.subscribe(look)
      for (const container of parts.containers()) {
        look(container.id)
        if (kept.has(container.id) || container.phase._tag !== 'Exited') continue
        if (isRecorded(container.process.Annotations))
          settle(finish(new Kept(parts, container), true))
      }
    },
    stop: async () => {
      unsubscribe()
      for (const one of kept.values()) settle(one.end())
      kept.clear()
      await Promise.all(settling)
    },
  }
}
