/** Orders to a running monitor through its control FIFO (conmon: `ctl`). */
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import type { ExecId } from '../../domain/identity.ts'
import { answering, notApplied, type Answer } from '../../domain/ports/answer.ts'
import type { ContainerRef, Layout } from '../../domain/ports/layout.ts'
import { classifyByErrno, EffectFailure } from '../errors/effect-failure.ts'
import { execFiles, incarnationFiles, type LaunchFiles } from './monitor-files.ts'

export interface TerminalSize {
  readonly rows: number
  readonly columns: number
}

export interface MonitorControl {
  /** `ENXIO` or `ENOENT` where no monitor listens; `EINVAL` beyond conmon's 1000 x 1000. */
  readonly resize: (ref: ContainerRef, size: TerminalSize) => Answer<void>
  readonly resizeExec: (ref: ContainerRef, exec: ExecId, size: TerminalSize) => Answer<void>
  /** After the log was renamed: the monitor goes on in a new file of the old name. */
  readonly reopenLog: (ref: ContainerRef) => Answer<void>
}

const sizeLimit = 1000

/** One line is less than PIPE_BUF, so it arrives whole (pipe(7)). */
const order = (files: LaunchFiles, line: string): void => {
  const fd = openSync(`${files.bundle}/ctl`, constants.O_WRONLY | constants.O_NONBLOCK)
  try {
    writeSync(fd, `${line}\n`)
  } finally {
    closeSync(fd)
  }
}

const resizeOrder = ({ rows, columns }: TerminalSize): string => {
  const fits = [rows, columns].every((n) => Number.isInteger(n) && n >= 0 && n <= sizeLimit)
  if (fits) return `1 ${rows} ${columns}`
  throw new EffectFailure(notApplied('EINVAL', `terminal size ${rows} x ${columns}`))
}

export const makeMonitorControl = (layout: Layout): MonitorControl => {
  const send = (files: LaunchFiles, line: () => string): Answer<void> =>
    answering(async () => order(files, line()), classifyByErrno)
  return {
    resize: (ref, size) => send(incarnationFiles(layout, ref), () => resizeOrder(size)),
    resizeExec: (ref, exec, size) => send(execFiles(layout, ref, exec), () => resizeOrder(size)),
    reopenLog: (ref) => send(incarnationFiles(layout, ref), () => '2 0 0'),
  }
}
