/** Runs workloads under strace and cuts the trace into one list of items per workload. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FileOperation } from '../../journal/crash-states/operation.ts'
import { inScratch } from './scratch.ts'
import { readTrace, tracedCalls, UnreadableTrace, type TraceItem } from './strace-log.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('./workload.worker.ts', import.meta.url))

export interface Traced {
  readonly workload: string
  /** Paths are relative to the workload's root. */
  readonly items: ReadonlyArray<TraceItem>
  /** The files as they are at the end, by path. */
  readonly root: string
}

/** Longer than the longest write, so that no byte is left out of the trace. */
const stringBytes = 4_000_000

const relativeTo = (workload: string, operation: FileOperation): FileOperation | undefined => {
  const strip = (path: string): string | undefined =>
    path === workload
      ? ''
      : path.startsWith(`${workload}/`)
        ? path.slice(workload.length + 1)
        : undefined
  if (operation._tag === 'synced') return operation
  if (operation._tag === 'rename') {
    const [from, to] = [strip(operation.from), strip(operation.to)]
    return from === undefined || to === undefined ? undefined : { _tag: 'rename', from, to }
  }
  const path = strip(operation.path)
  return path === undefined ? undefined : { ...operation, path }
}

const itemsOf = (items: ReadonlyArray<TraceItem>, workload: string): ReadonlyArray<TraceItem> => {
  const at = (line: string): number =>
    items.findIndex((item) => item._tag === 'said' && item.line === line)
  const [begin, end] = [at(`begin ${workload}`), at(`end ${workload}`)]
  if (begin < 0 || end < begin) throw new UnreadableTrace(`${workload} did not run to its end`)
  return items.slice(begin + 1, end).flatMap((item): ReadonlyArray<TraceItem> => {
    if (item._tag === 'said') return [item]
    const operation = relativeTo(workload, item.operation)
    return operation === undefined ? [] : [{ _tag: 'did', operation }]
  })
}

const traceInto = async (
  folder: string,
  workloads: ReadonlyArray<string>,
): Promise<ReadonlyArray<Traced>> => {
  const [root, voice, log] = ['roots', 'voice', 'trace'].map((name) => join(folder, name))
  if (root === undefined || voice === undefined || log === undefined) return []
  mkdirSync(root)
  const options = ['-f', '-y', '-xx', '-s', String(stringBytes), '--seccomp-bpf', '-o', log]
  const calls = ['-e', `trace=${tracedCalls.join(',')}`, '-e', 'signal=none']
  const node = [process.execPath, '--import', 'tsx', program]
  await run('strace', [...options, ...calls, '--', ...node, root, voice, ...workloads], {
    // io_uring would take file operations past the trace.
    env: { ...process.env, UV_USE_IO_URING: '0' },
  })
  const items = readTrace(readFileSync(log, 'latin1'), { root, voice })
  rmSync(log)
  return workloads.map((workload) => ({
    workload,
    items: itemsOf(items, workload),
    root: join(root, workload),
  }))
}

/** The traced files are there until `use` has ended. Rejects where strace or a workload fails. */
export const traced = <A>(
  workloads: ReadonlyArray<string>,
  use: (traces: ReadonlyArray<Traced>) => Promise<A>,
): Promise<A> => inScratch(async (folder) => use(await traceInto(realpathSync(folder), workloads)))
