/** Writes a container's limits into its cgroup: all of them, or none. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { indeterminate, notApplied } from '../../domain/ports/answer.ts'
import type { LimitsRequest } from '../../domain/ports/process-ports.ts'
import { EffectFailure } from '../errors/effect-failure.ts'
import { errnoOf } from '../errors/errno.ts'
import { controllerDirectory, type CgroupHost } from './hierarchies.ts'
import { limitWrites, type Controller, type LimitWrite } from './limit-files.ts'

interface Place {
  readonly version: 1 | 2
  readonly directory: string | undefined
}

/** On a hybrid host a controller is in the tree that has it. */
const placeOf = (host: CgroupHost, controller: Controller, path: string): Place => {
  const own = host.hierarchies.find((h) => h.controllers.includes(controller))
  if (own !== undefined) return { version: 1, directory: `${own.mount}${path}` }
  const unified = host.hierarchies.find((h) => h.version === 2)
  return unified !== undefined && host.unifiedControllers.includes(controller)
    ? { version: 2, directory: `${unified.mount}${path}` }
    : { version: 1, directory: controllerDirectory(host, controller, path) }
}

interface FileWrite {
  readonly path: string
  readonly value: string
  readonly unset: string
}

const swapFile = 'memory.memsw.limit_in_bytes'
const memoryFile = 'memory.limit_in_bytes'

/** v1 wants memory <= memory + swap after every write: the one that grows is written first. */
const inOrder = (writes: ReadonlyArray<FileWrite>): ReadonlyArray<FileWrite> => {
  const memory = writes.find((one) => one.path.endsWith(`/${memoryFile}`))
  const swap = writes.find((one) => one.path.endsWith(`/${swapFile}`))
  if (memory === undefined || swap === undefined) return writes
  const present = BigInt(readFileSync(swap.path, 'utf8').trim())
  const grows = swap.value === '-1' || BigInt(swap.value) >= present
  const rest = writes.filter((one) => one !== memory && one !== swap)
  return [...rest, ...(grows ? [swap, memory] : [memory, swap])]
}

const fileOf = (host: CgroupHost, path: string, one: LimitWrite): FileWrite | undefined => {
  const { directory } = placeOf(host, one.controller, path)
  const file = `${directory ?? ''}/${one.file}`
  if (directory !== undefined && existsSync(file))
    return { path: file, value: one.value, unset: one.unset }
  // Kernels without swap accounting: memory is limited without swap, as at the start.
  if (one.file === swapFile || one.file === 'memory.swap.max') return undefined
  if (directory !== undefined && !existsSync(directory))
    throw new EffectFailure(notApplied('ENOENT', `there is no cgroup ${directory}`))
  throw new EffectFailure(notApplied('EOPNOTSUPP', `the kernel has no ${one.file}`))
}

const filesOf = (
  host: CgroupHost,
  path: string,
  writes: ReadonlyArray<LimitWrite>,
): ReadonlyArray<FileWrite> =>
  writes.filter((one) => one.value !== '').flatMap((one) => fileOf(host, path, one) ?? [])

const write = ({ path, value }: FileWrite): void => {
  try {
    writeFileSync(path, value)
  } catch (error) {
    const errno = errnoOf(error)
    const text = `the kernel refuses ${value} in ${path.slice(path.lastIndexOf('/') + 1)}`
    throw new EffectFailure(
      errno === undefined ? indeterminate(`${text}: ${String(error)}`) : notApplied(errno, text),
    )
  }
}

/** What of the old values differs from the new ones, whether it was set or not. */
const undoOf = (
  before: ReadonlyArray<LimitWrite>,
  after: ReadonlyArray<LimitWrite>,
): ReadonlyArray<LimitWrite> =>
  before.flatMap((old, i) => {
    const next = after[i]?.value ?? ''
    if (next === '' || next === old.value) return []
    return [{ ...old, value: old.value === '' ? old.unset : old.value }]
  })

interface Undo {
  readonly writes: ReadonlyArray<LimitWrite>
  /** Paths of the files that were written. */
  readonly written: ReadonlySet<string>
}

const goBack = (host: CgroupHost, path: string, { writes, written }: Undo): void => {
  const files = filesOf(host, path, writes).filter((one) => written.has(one.path))
  for (const one of inOrder(files)) write(one)
}

export const setLimits = (host: CgroupHost, { ref, limits, previous }: LimitsRequest): void => {
  const path = ref.cgroupPath
  const versionOf = (controller: Controller) => placeOf(host, controller, path).version
  const wanted = limitWrites(limits, versionOf)
  const files = inOrder(filesOf(host, path, wanted))
  const written = new Set<string>()
  try {
    for (const one of files) {
      write(one)
      written.add(one.path)
    }
  } catch (error) {
    if (written.size === 0) throw error
    try {
      goBack(host, path, { writes: undoOf(limitWrites(previous, versionOf), wanted), written })
    } catch (second) {
      throw new EffectFailure(
        indeterminate(`${String(error)}; and the old limits could not be set: ${String(second)}`),
      )
    }
    throw error
  }
}
