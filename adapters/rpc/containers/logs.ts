/** Logs: the recorded output of a container, from its monitor's file (CLI-LOGS-01..04). */
import { status } from '@grpc/grpc-js'
import { watch } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Container } from '../../../domain/container/state.ts'
import { logFile } from '../../../domain/ports/layout.ts'
import type { Front } from '../front.ts'
import { Bell } from '../server/bell.ts'
import { CallFailure, type StreamWork } from '../server/handlers.ts'
import { logsOfRemoved } from '../texts.ts'
import type { LogsRequest, LogsResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'
import { LogFile } from './log-file.ts'
import { zuluTime, type LogLine } from './log-records.ts'
import { logSpan } from './log-span.ts'

/** Looked at again even if no notice of a change came, ms. */
const lookAgainMs = 1_000

const responseOf = (line: LogLine): LogsResponse => ({
  data: line.data,
  stream: line.stream,
  time: zuluTime(line.time),
  attrs: Buffer.alloc(0),
})

/** Nothing more will be written: it neither runs nor is about to. */
const isOver = (front: Front, { id }: Container): boolean => {
  const phase = front.engine.world.container(id)?.phase
  switch (phase?._tag) {
    case 'Running':
    case 'Starting':
      return false
    case 'Exited':
      return phase.restart === null
    default:
      return true
  }
}

type Deliver = (lines: ReadonlyArray<LogLine>) => Promise<void>

interface Following {
  readonly container: Container
  readonly signal: AbortSignal
  readonly log: LogFile
  readonly deliver: Deliver
}

/** The end is looked at before the file: what was written before the end is still read. */
const follow = async (
  front: Front,
  { container, signal, log, deliver }: Following,
): Promise<void> => {
  const bell = new Bell()
  const watcher = watch(logFile(front.layout, container), { persistent: false }, bell.ring)
  watcher.on('error', (error) => front.log.debug(`log watch: ${error.message}`))
  const unsubscribe = front.engine.feed.subscribe(bell.ring)
  const timer = setInterval(bell.ring, lookAgainMs)
  signal.addEventListener('abort', bell.ring)
  try {
    for (;;) {
      const over = isOver(front, container)
      for await (const lines of log.available()) await deliver(lines)
      if (over || signal.aborted) return
      await bell.heard()
    }
  } finally {
    signal.removeEventListener('abort', bell.ring)
    clearInterval(timer)
    unsubscribe()
    watcher.close()
  }
}

/** A container that never ran has no log. */
const openLog = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new CallFailure(status.INTERNAL, `failed to open the log: ${String(error)}`)
  }
}

const loggedContainer = (front: Front, given: string): Container => {
  const found = findContainer(front.engine.world, given)
  if (E.isLeft(found)) throw new CallFailure(status.UNKNOWN, found.left)
  if (found.right.phase._tag === 'Removing') throw new CallFailure(status.UNKNOWN, logsOfRemoved)
  return found.right
}

export const logs =
  (front: Front): StreamWork<LogsRequest, LogsResponse> =>
  async (request, { signal }, send) => {
    const container = loggedContainer(front, request.id)
    const span = logSpan(request.since, request.until)
    if (E.isLeft(span)) throw new CallFailure(status.UNKNOWN, span.left)
    const file = await openLog(logFile(front.layout, container))
    if (file === undefined) return
    const deliver: Deliver = async (lines) => {
      for (const line of lines) if (span.right.contains(line.time)) await send(responseOf(line))
    }
    try {
      const log = new LogFile(file)
      if (request.tail < 0) for await (const lines of log.available()) await deliver(lines)
      else await deliver(await log.tail(request.tail, !request.follow))
      if (request.follow) await follow(front, { container, signal, log, deliver })
      await deliver(log.rest())
    } finally {
      await file.close()
    }
  }
