/** Where directories are built by the thousand: in memory where there is some, else on disk. */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
/** The longest trace takes 150 MB. */
const enoughBytes = 1024 * 1024 * 1024

const hasRoom = (): boolean => {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > enoughBytes
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

/** The folder is there until `use` has ended. */
export const inScratch = async <A>(use: (scratch: string) => Promise<A>): Promise<A> => {
  const scratch = mkdtempSync(join(hasRoom() ? memory : tmpdir(), 'crash-states-'))
  try {
    return await use(scratch)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}
