/** Logs: the recorded output of a container, from its monitor's files (CLI-LOGS-01..04). */
import { status } from '@grpc/grpc-js'
import { existsSync, watch } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { isRecorded } from '../../../domain/container/log-options.ts'
import type { Container } from '../../../domain/container/state.ts'
import { containerDirectory, logFile } from '../../../domain/ports/layout.ts'
import { LogFile } from '../../logs/log-file.ts'
import { zuluTime, type LogLine } from '../../logs/log-records.ts'
import { logSpan, type LogSpan } from '../../logs/log-span.ts'
import type { Front } from '../front.ts'
import { Bell } from '../server/bell.ts'
import { CallFailure, type StreamWork } from '../server/handlers.ts'
import { logsOfRemoved, logsOfUnrecorded } from '../texts.ts'
import type { LogsRequest, LogsResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'

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
  readonly span: LogSpan
  readonly deliver: Deliver
}

/** The end is looked at before the file: what was written before the end is still read. */
const follow = async (front: Front, following: Following): Promise<void> => {
  const { container, signal, log, span, deliver } = following
  const bell = new Bell()
  const directory = containerDirectory(front.layout, container)
  const watcher = existsSync(directory)
    ? watch(directory, { persistent: false }, bell.ring)
    : undefined
  watcher?.on('error', (error) => front.log.debug(`log watch: ${error.message}`))
  const unsubscribe = front.engine.feed.subscribe(bell.ring)
  const timer = setInterval(bell.ring, lookAgainMs)
  signal.addEventListener('abort', bell.ring)
  try {
    for (;;) {
      const over = isOver(front, container) || span.untilMs < front.wallMs()
      for await (const lines of log.available()) await deliver(lines)
      if (over || signal.aborted) return
      await bell.heard()
    }
  } finally {
    signal.removeEventListener('abort', bell.ring)
    clearInterval(timer)
    unsubscribe()
    watcher?.close()
  }
}

const loggedContainer = (front: Front, given: string): Container => {
  const found = findContainer(front.engine.world, given)
  if (E.isLeft(found)) throw new CallFailure(status.UNKNOWN, found.left)
  const container = found.right
  if (container.phase._tag === 'Removing') throw new CallFailure(status.UNKNOWN, logsOfRemoved)
  if (isRecorded(container.process.Annotations)) return container
  throw new CallFailure(status.UNKNOWN, logsOfUnrecorded(container.id))
}

/** A container that never ran has no log: nothing is to be told of it. */
export const logs =
  (front: Front): StreamWork<LogsRequest, LogsResponse> =>
  async (request, { signal }, send) => {
    const container = loggedContainer(front, request.id)
    const span = logSpan(request.since, request.until)
    if (E.isLeft(span)) throw new CallFailure(status.UNKNOWN, span.left)
    const { contains, isBounded } = span.right
    const path = logFile(front.layout, container)
    const log = new LogFile(path, isBounded ? (line) => contains(line.time) : undefined)
    const deliver: Deliver = async (lines) => {
      for (const line of lines) await send(responseOf(line))
    }
    try {
      if (request.tail < 0) for await (const lines of log.available()) await deliver(lines)
      else await deliver(await log.tail(request.tail, !request.follow))
      if (request.follow) await follow(front, { container, signal, log, span: span.right, deliver })
      if (request.tail !== 0 || request.follow) await deliver(log.rest())
    } finally {
      await log.close()
    }
  }
