/** One pass over the records of a store, which goes on where it was when there are more. */
import { restoreSnapshot } from '../fold/world-snapshot.ts'
import type { World } from '../fold/world.ts'
import { genesisHash, sameHash } from '../record/hash-chain.ts'
import type { JournalStore, Snapshot } from '../store/journal-store.ts'
import { RecordCheck, type Beginning } from './record-check.ts'
import type { AuditFinding } from './verdict.ts'

export type WalkedStore = Pick<JournalStore, 'head' | 'read' | 'latestSnapshot' | 'base'>

export class Walk {
  readonly #store: WalkedStore
  readonly #nonce: string | undefined
  readonly #unread: AuditFinding[] = []
  #check: RecordCheck
  #begun = false
  #snapshot: Snapshot | undefined

  /** Without the journal's nonce the first record's link is not checked. */
  constructor(store: WalkedStore, nonce: string | undefined) {
    this.#store = store
    this.#nonce = nonce
    this.#check = new RecordCheck(this.#genesis())
  }

  get world(): World {
    return this.#check.world
  }

  get seq(): number {
    return this.#check.seq
  }

  get findings(): ReadonlyArray<AuditFinding> {
    return [...this.#check.findings, ...this.#unread]
  }

  /** The snapshot that was compared with the fold. */
  get snapshotSeq(): number | undefined {
    return this.#check.comparedSnapshots[0]
  }

  get isAtHead(): boolean {
    return this.#store.head().seq === this.seq
  }

  /** Reads what has been appended since the last call; a store that cannot be read is a finding. */
  async run(): Promise<void> {
    try {
      await this.#begin()
      this.#snapshot ??= await this.#store.latestSnapshot()
      for await (const record of this.#store.read(this.seq + 1))
        this.#check.take(record, this.#snapshot?.seq === record.seq ? this.#snapshot : undefined)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      const subject = `record ${this.seq + 1}`
      if (!this.#unread.some((f) => f.subject === subject && f.detail === detail))
        this.#unread.push({ check: 'chain', subject, detail })
    }
  }

  /** The index entry of the head says the same as the last record. */
  checkHead(): void {
    const head = this.#store.head()
    const { seq, hash } = this.#check
    if (head.seq !== seq)
      this.#check.found('density', 'head', `it is ${head.seq}, the last readable record is ${seq}`)
    else if (hash !== undefined && !sameHash(head.hash, hash))
      this.#check.found('chain', 'head', 'its hash is not that of the last record')
  }

  #genesis(): Beginning {
    const hash = this.#nonce === undefined ? undefined : genesisHash(this.#nonce)
    return { seq: 0, hash, world: undefined }
  }

  /** A store whose oldest records are in archives begins with their fold. */
  async #begin(): Promise<void> {
    if (this.#begun) return
    const base = await this.#store.base?.()
    this.#begun = true
    if (base === undefined || base.seq === 0) return
    const restored = base.state === undefined ? undefined : restoreSnapshot(base.state)
    this.#check = new RecordCheck({ ...base, world: restored?.world })
    if (restored === undefined)
      this.#check.found('replay', `base at ${base.seq}`, 'its state cannot be read')
  }
}
