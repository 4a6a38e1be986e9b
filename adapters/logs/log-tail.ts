/** Where in a log file the last lines begin, found from its end. */
import type { FileHandle } from 'node:fs/promises'

const blockBytes = 64 * 1024
/** More records than lines are wanted: pieces of the other stream's long line lie between. */
const spareRecords = 256
const newline = 0x0a

/** Byte offset of a record's begin with at least `lines` lines after it; 0 if there are fewer. */
export const tailOffset = async (
  file: FileHandle,
  sizeBytes: number,
  lines: number,
): Promise<number> => {
  const wanted = lines + spareRecords
  const block = Buffer.alloc(blockBytes)
  let found = 0
  let end = sizeBytes
  while (end > 0) {
    const start = Math.max(0, end - blockBytes)
    const { bytesRead } = await file.read(block, 0, end - start, start)
    for (let at = bytesRead - 1; at >= 0; at -= 1) {
      if (block[at] !== newline) continue
      found += 1
      // The first newline from the end closes the last record, so one more is looked for.
      if (found > wanted) return start + at + 1
    }
    end = start
  }
  return 0
}
