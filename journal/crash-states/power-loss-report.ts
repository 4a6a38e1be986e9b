/** What an exploration of power losses says about a journal: the report's types. */

/** States of one kind. What each is made of: `meaning` of its report. */
export type PowerLossClass =
  | 'as-it-is'
  | 'last-batch-cut'
  | 'last-batch-garbage'
  | 'anchor'
  | 'unanchored-tail'
  | 'below-anchor'
  | 'names'

/**
 * `power-cut`: a disk that keeps its promises can leave this state, since the last batch alone may
 * not have been synced. `broken-promise`: only a disk that lied about a sync, or lost a name, can.
 */
export type PowerLossCause = 'power-cut' | 'broken-promise'

/**
 * `opens`: without a word. `opens-with-report`: after cutting a torn tail, or with a side file
 * missing, and it says so. `quarantined`: refused and shown read-only up to the last proven record.
 * `refused`: not opened for another reason (an error of the disk, a newer format).
 */
export type RecoveryVerdict = 'opens' | 'opens-with-report' | 'quarantined' | 'refused'

export interface SequenceRange {
  readonly from: number
  readonly to: number
}

/** States of one class that would come to the same end. */
export interface PowerLossOutcome {
  readonly verdict: RecoveryVerdict
  /** Newest record after recovery, or the newest proven one of a quarantined journal; 0: none. */
  readonly headSeq: number
  /** Records that are there now and would not be then; undefined: none. */
  readonly missing: SequenceRange | undefined
  readonly states: number
  /** What was done to the copy in the first such state, as a phrase. */
  readonly example: string
  /** What the open check says about that first state, one sentence each. */
  readonly findings: ReadonlyArray<string>
}

export interface PowerLossClassReport {
  readonly class: PowerLossClass
  readonly cause: PowerLossCause
  readonly meaning: string
  readonly states: number
  readonly outcomes: ReadonlyArray<PowerLossOutcome>
}

/** A state after which less is there than was promised, or something that was never written. */
export interface PowerLossViolation {
  readonly class: PowerLossClass
  readonly state: string
  readonly detail: string
}

export interface PowerLossReport {
  /** The daemon's root that was copied. */
  readonly root: string
  /** Newest record now; 0: none that can be proved. */
  readonly headSeq: number
  /** Newest record that the anchor proves; undefined where the anchor is missing or unreadable. */
  readonly anchoredSeq: number | undefined
  /** Records of the last batch in the log; undefined where the log is empty. */
  readonly lastBatch: SequenceRange | undefined
  readonly states: number
  readonly classes: ReadonlyArray<PowerLossClassReport>
  readonly violations: ReadonlyArray<PowerLossViolation>
  /** What the reader should know beside the figures. */
  readonly notes: ReadonlyArray<string>
  /** The journal opens as it is, and no state violates a promise. */
  readonly ok: boolean
}
