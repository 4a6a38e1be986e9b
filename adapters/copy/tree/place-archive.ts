/** Places an archive as it comes; where it goes is known by its first entry. */
import type { TarEntry } from '../../layers/tar/tar-entry.ts'
import { TarReader } from '../../layers/tar/tar-reader.ts'
import { findPlacement } from './find-placement.ts'
import { TreePlacer, type PlaceOptions } from './place-tree.ts'

export interface ArchivePlaces extends Omit<PlaceOptions, 'directory' | 'rename' | 'fromRoot'> {
  /** How the archive calls what was copied. */
  readonly base: string
  /** Absolute: where the copy is to go. */
  readonly path: string
}

/** All methods throw what cannot be done; then nothing more may be fed. */
export class ArchivePlacer {
  readonly #to: ArchivePlaces
  readonly #reader: TarReader
  #placer: TreePlacer | undefined

  constructor(to: ArchivePlaces) {
    this.#to = to
    this.#reader = new TarReader({
      onEntry: (entry) => this.#begun(entry).onEntry(entry),
      onData: (bytes) => this.#placer?.onData(bytes),
      onEntryEnd: () => this.#placer?.onEntryEnd(),
    })
  }

  feed(bytes: Buffer): void {
    this.#reader.feed(bytes)
  }

  end(): void {
    this.#reader.end()
    this.#placer?.finish()
  }

  /** Closes what a failed archive left open. */
  close(): void {
    this.#placer?.close()
  }

  #begun({ type }: TarEntry): TreePlacer {
    const { base, path } = this.#to
    return (this.#placer ??= new TreePlacer({
      ...this.#to,
      ...findPlacement({ base, isDirectory: type === 'directory' }, path),
      fromRoot: false,
    }))
  }
}
