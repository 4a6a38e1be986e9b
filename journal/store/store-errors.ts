/** How a journal store fails: each class of error asks for another answer of its caller. */

/** A bug of the caller: the batch does not continue the journal. */
export class BatchRefused extends Error {
  override readonly name = 'BatchRefused'
}

/** An earlier append of this handle failed, so nothing is acknowledged on it any more (J5). */
export class StorePoisoned extends Error {
  override readonly name = 'StorePoisoned'
  constructor(override readonly cause: unknown) {
    super(`journal is read-only: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** What was read is not what was written. `seq` names the first record that is wrong. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged'
  constructor(
    readonly seq: number,
    readonly detail: string,
  ) {
    super(`journal record ${seq}: ${detail}`)
  }
}

/** The handle was closed, or its process is gone. */
export class StoreClosed extends Error {
  override readonly name = 'StoreClosed'
  constructor() {
    super('the journal store is closed')
  }
}
