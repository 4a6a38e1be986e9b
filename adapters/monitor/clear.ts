/** Removes what a launch left: processes that nobody needs any more, and its run directory. */
import { existsSync, readdirSync } from 'node:fs'
import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execId, type ExecId } from '../../domain/identity.ts'
import type { ContainerRef, Layout } from '../../domain/ports/layout.ts'
import type { ProcessPort } from '../../domain/ports/process-ports.ts'
import { isAlive } from '../kernel/proc.ts'
import { errnoOf } from '../errors/errno.ts'
import { endLaunch, killProven } from './end-launch.ts'
import { readExit } from './launch-observation.ts'
import { readLaunchRecord, type LaunchRecord } from './launch-record.ts'
import { execFiles, execsDirectory, incarnationFiles, terminalDirectory } from './monitor-files.ts'
import type { LaunchFiles } from './monitor-files.ts'

export interface ClearParts {
  readonly layout: Layout
  readonly process: ProcessPort
}

/** After the exit record conmon has nothing more to do than to end (host 2.1). */
const lastWordsMs = 1_000
const pollMs = 1

const monitorLives = (record: LaunchRecord): boolean =>
  record.monitor !== undefined && isAlive(record.monitor)

/** A finished launch needs no search: its monitor ends by itself, soon after the exit record. */
const hasEnded = async (files: LaunchFiles): Promise<boolean> => {
  const record = readLaunchRecord(files.record)
  if (record?.monitor === undefined) return false
  if (readExit(files) === undefined) return !monitorLives(record) && record.init !== undefined
  const until = performance.now() + lastWordsMs
  while (monitorLives(record)) {
    if (performance.now() > until) return false
    await sleep(pollMs)
  }
  return true
}

const execsOf = (layout: Layout, ref: ContainerRef): ReadonlyArray<ExecId> => {
  try {
    return readdirSync(execsDirectory(layout, ref)).map(execId)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Another incarnation may have its directory there. */
const removeIfEmpty = async (directory: string): Promise<void> => {
  try {
    await rmdir(directory)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error
  }
}

/** The marks of an incarnation cover its execs: their directories lie in its own. */
export const clearIncarnation = async (p: ClearParts, ref: ContainerRef): Promise<void> => {
  const files = incarnationFiles(p.layout, ref)
  const launches = [files, ...execsOf(p.layout, ref).map((e) => execFiles(p.layout, ref, e))]
  const ended = await Promise.all(launches.map((f) => hasEnded(f)))
  if (!ended.every(Boolean)) await endLaunch(p, files.directory)
  await rm(files.directory, { recursive: true, force: true })
  await removeIfEmpty(dirname(files.directory))
  await rm(terminalDirectory(p.layout, ref), { recursive: true, force: true })
}

export const clearExec = async (p: ClearParts, ref: ContainerRef, exec: ExecId): Promise<void> => {
  const files = execFiles(p.layout, ref, exec)
  if (!existsSync(files.directory)) return
  const init = readLaunchRecord(files.record)?.init
  if (!(await hasEnded(files))) await endLaunch(p, files.directory)
  if (init !== undefined && isAlive(init)) await killProven(p, init)
  await rm(files.directory, { recursive: true, force: true })
}
