/** LevelDB's own text `LOG`: the one place where it says that it dropped data on opening. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Lines such as `(ignoring error) …000003.log: dropping 1234 bytes; Corruption: …`. */
export const droppingLines = (log: string): ReadonlyArray<string> =>
  log.split('\n').filter((line) => / dropping \d+ bytes|Ignoring error /.test(line))

/** LevelDB starts a new LOG at each opening, so every such line speaks of this opening. */
export const complaintsOfOpening = async (directory: string): Promise<ReadonlyArray<string>> =>
  droppingLines(await readFile(join(directory, 'LOG'), 'utf8'))
