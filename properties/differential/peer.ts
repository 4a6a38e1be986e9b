/** One engine under comparison: how it is started, spoken to and taken away. */
import type { Ran } from '../harness/run.ts'
import type { Dialect } from './words.ts'

export interface Peer extends Dialect {
  readonly name: string
  /** Its `inspect` has the configuration in Docker's words, so that it can be compared. */
  readonly showsConfig: boolean
  /** All that it makes lies in it; its processes name it on their command lines. */
  readonly directory: string
  /** Runs one command of its client; never rejects. */
  readonly run: (args: ReadonlyArray<string>) => Promise<Ran>
  /** Takes everything away that it made. */
  readonly dispose: () => Promise<void>
}
