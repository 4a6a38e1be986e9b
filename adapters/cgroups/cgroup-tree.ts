/** Walks, counts and removes the directories of one cgroup in every hierarchy. */
import { readdir, rmdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { errnoOf } from '../errors/errno.ts'
import { readIfPresent } from '../observe/process-table.ts'

/** The directory and all directories below it, children before parents; empty when absent. */
export const subtreeBottomUp = async (directory: string): Promise<ReadonlyArray<string>> => {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    const below = await Promise.all(
      entries.filter((e) => e.isDirectory()).map((e) => subtreeBottomUp(`${directory}/${e.name}`)),
    )
    return [...below.flat(), directory]
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENODEV') return []
    throw error
  }
}

const procsOf = (directory: string): ReadonlyArray<number> =>
  (readIfPresent(`${directory}/cgroup.procs`) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)

/** Pids in any of these trees. A pid of 0 is a process of an outer pid namespace: left out. */
export const processesIn = async (trees: ReadonlyArray<string>): Promise<ReadonlyArray<number>> => {
  const directories = (await Promise.all(trees.map(subtreeBottomUp))).flat()
  return [...new Set(directories.flatMap(procsOf))].filter((pid) => pid > 0)
}

/** The kernel lets go of a cgroup some milliseconds after its last process (host: EBUSY). */
const retryDelaysMs = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

const removeOne = async (directory: string): Promise<void> => {
  for (const delayMs of [...retryDelaysMs, undefined]) {
    try {
      return await rmdir(directory)
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === 'ENOENT') return
      if (errno !== 'EBUSY' || delayMs === undefined) throw error
      await sleep(delayMs)
    }
  }
}

const removeTree = async (tree: string): Promise<void> => {
  for (const directory of await subtreeBottomUp(tree)) await removeOne(directory)
}

/** Answers when nothing is tried any more, in any of them: a caller may make them again then. */
export const removeTrees = async (trees: ReadonlyArray<string>): Promise<void> => {
  const ends = await Promise.allSettled(trees.map(removeTree))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
