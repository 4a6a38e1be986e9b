/** An archive folder in memory that can be cut off before, in the middle of, or after any step. */
import { stagedSuffix } from '../archive-name.ts'
import type { ArchiveFiles } from '../archive-files.ts'

/** How a crash meets the step that it interrupts. */
export type Interruption = 'before' | 'half' | 'after'

/** What a step answers on a full disk, where nothing of it stays. */
export class DiskFull extends Error {
  readonly code = 'ENOSPC'
  constructor(step: string) {
    super(`ENOSPC: ${step}`)
  }
}

/** What a crash leaves of names that were not synced: those of a process crash are all there. */
export type NameLoss = 'none' | 'unsynced'

interface Folder {
  readonly files: ReadonlyMap<string, Uint8Array>
}

const never = <A>(): Promise<A> => new Promise<A>(() => undefined)

export class CrashingFiles implements ArchiveFiles {
  #now: Folder = { files: new Map() }
  #durable: Folder = { files: new Map() }
  /** Called before each step; answers how the process dies in it, or nothing. */
  readonly #interrupt: (step: string) => Interruption | 'full' | undefined
  /** Raised by `crash`: calls of the dead process never settle and change nothing. */
  #generation = 0

  constructor(interrupt: (step: string) => Interruption | 'full' | undefined) {
    this.#interrupt = interrupt
  }

  readonly list = (): Promise<ReadonlyArray<string>> =>
    Promise.resolve([...this.#now.files.keys()].sort())

  readonly read = (name: string): Promise<Uint8Array> => {
    const bytes = this.#now.files.get(name)
    return bytes === undefined
      ? Promise.reject(Object.assign(new Error(`ENOENT: ${name}`), { code: 'ENOENT' }))
      : Promise.resolve(bytes)
  }

  readonly stage = (name: string, bytes: Uint8Array): Promise<void> =>
    this.#step(`stage ${name}`, (isHalf) => {
      const written = isHalf ? bytes.subarray(0, bytes.length / 2) : bytes
      this.#change((files) => files.set(`${name}${stagedSuffix}`, written))
    })

  readonly publish = (name: string): Promise<void> =>
    this.#step(`publish ${name}`, () => {
      const staged = this.#now.files.get(`${name}${stagedSuffix}`)
      if (staged === undefined) throw new Error(`${name} was not staged`)
      this.#change((files) => {
        files.delete(`${name}${stagedSuffix}`)
        files.set(name, staged)
      })
    })

  readonly syncNames = (): Promise<void> =>
    this.#step('sync names', () => void (this.#durable = this.#now))

  readonly remove = (name: string): Promise<void> =>
    this.#step(`remove ${name}`, () => this.#change((files) => files.delete(name)))

  /** Bytes are always synced before they get their name; names are lost or not. */
  crash(loss: NameLoss): void {
    this.#generation += 1
    if (loss === 'unsynced') this.#now = this.#durable
    this.#durable = this.#now
  }

  /** Damage by hand. */
  put(name: string, bytes: Uint8Array): void {
    this.#change((files) => files.set(name, bytes))
    this.#durable = this.#now
  }

  #change(change: (files: Map<string, Uint8Array>) => void): void {
    const files = new Map(this.#now.files)
    change(files)
    this.#now = { files }
  }

  async #step(name: string, apply: (isHalf: boolean) => void): Promise<void> {
    const generation = this.#generation
    const interruption = this.#interrupt(name)
    if (interruption === 'full') throw new DiskFull(name)
    if (interruption !== 'before' && generation === this.#generation) apply(interruption === 'half')
    if (interruption !== undefined || generation !== this.#generation) await never()
  }
}
