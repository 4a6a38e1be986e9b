/** Which clients wait for which copies: the streams are memory, the journal names them by id. */
import type { CopyId } from '../../domain/identity.ts'
import type { PathStat } from './copy-job.ts'
import type { CopySource } from './tree/copy-rules.ts'

interface Waiting {
  /** Aborts when the client goes away. */
  readonly gone: AbortSignal
}

export interface CopyOutSession extends Waiting {
  readonly _tag: 'Out'
  /** Absolute in the container. */
  readonly path: string
  /** Called once, before any bytes. */
  readonly found: (stat: PathStat) => void
  /** Resolves when more may come; rejects when the client has gone. */
  readonly write: (bytes: Uint8Array) => Promise<void>
}

export interface CopyInSession extends Waiting {
  readonly _tag: 'In'
  /** Absolute in the container. */
  readonly path: string
  readonly source: CopySource
  /** A tar archive. Rejects when the client has gone. */
  readonly bytes: AsyncIterable<Uint8Array>
}

export interface ExportSession extends Waiting {
  readonly _tag: 'Export'
  /** Absolute on the host. */
  readonly file: string
}

export interface CommitSession extends Waiting {
  readonly _tag: 'Commit'
  /** Absolute on the host, in a directory of the daemon. */
  readonly file: string
  readonly pause: boolean
  /** Called once, with the digest of the layer that the file holds. */
  readonly digested: (digest: string) => void
}

export type CopySession = CopyOutSession | CopyInSession | ExportSession | CommitSession

export class CopySessions {
  readonly #open = new Map<CopyId, CopySession>()

  /** Answers what withdraws it. */
  open(copy: CopyId, session: CopySession): () => void {
    this.#open.set(copy, session)
    return () => void this.#open.delete(copy)
  }

  find(copy: CopyId): CopySession | undefined {
    return this.#open.get(copy)
  }
}
