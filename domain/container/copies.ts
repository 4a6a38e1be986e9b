/** Copies between clients and a container: what the state holds of each, and their order. */
import * as t from 'io-ts'
import type { CopyId, OperationId } from '../identity.ts'

/**
 * `out` to a client, `in` from a client, `export`: the whole root file system to a file, `commit`:
 * what the container has changed of its image, as a layer.
 */
export const CopyDirection = t.keyof({ in: null, out: null, export: null, commit: null })
export type CopyDirection = t.TypeOf<typeof CopyDirection>

export interface Copy {
  readonly operation: OperationId
  readonly direction: CopyDirection
  /** The incarnation that there was when it was asked for; 0 before the first start. */
  readonly attempt: number
  readonly freeze: boolean
  readonly mount: boolean
}

export type Copies = Readonly<Record<CopyId, Copy>>

/** Who has copies under way. */
export interface Copied {
  readonly copies?: Copies
}

export interface OpenCopy extends Copy {
  readonly id: CopyId
}

/** Those for which a running container stands still. */
export const freezingCopies = (copied: Copied): ReadonlyArray<CopyId> =>
  openCopies(copied)
    .filter(({ freeze }) => freeze)
    .map(({ id }) => id)

/** Oldest first: members of an object keep their order, and no id is a plain number. */
export const openCopies = ({ copies }: Copied): ReadonlyArray<OpenCopy> =>
  Object.entries(copies ?? {}).map(([id, copy]) => ({ ...copy, id: id as CopyId }))
