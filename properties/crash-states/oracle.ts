/** Judges what a recovery gave by what the program had tried and promised before the crash. */
import type { CrashState } from '../../journal/crash-states/models.ts'
import type { Recovery } from '../../journal/crash-states/recovery.ts'

/** Mutable on purpose: follows the voice of one workload. */
export class Promises {
  /** Hashes of all records ever handed to the store, oldest first. */
  readonly tried: Array<string> = []
  /** Newest record that was acknowledged. */
  acknowledged = 0
  /** Sequence numbers at which a batch ends. */
  readonly batchEnds = new Set<number>([0])

  hear(line: string): void {
    const [verb, ...rest] = line.split(' ')
    if (verb === 'try') {
      this.tried.push(...rest)
      this.batchEnds.add(this.tried.length)
    } else if (verb === 'ack') this.acknowledged = Number(rest[0])
    else if (verb !== 'settled') throw new Error(`the workload says: ${line}`)
  }
}

const historyComplaints = (
  { tried, acknowledged, batchEnds }: Promises,
  hashes: ReadonlyArray<string>,
): ReadonlyArray<string> => {
  const wrong = hashes.findIndex((hash, i) => hash !== tried[i])
  return [
    ...(wrong < 0 ? [] : [`J1 record ${wrong + 1} is not the one that was appended`]),
    ...(hashes.length >= acknowledged
      ? []
      : [`J2 it ends at record ${hashes.length}, ${acknowledged} was acknowledged`]),
    ...(batchEnds.has(hashes.length) ? [] : [`J3 half a batch: it ends at ${hashes.length}`]),
  ]
}

/** A part of a record in the live log must not vanish without a word. */
const silentCut = ({ torn }: CrashState, { cuts }: Recovery): boolean =>
  torn !== undefined &&
  /^journal\/[0-9]+\.log$/.test(torn.path) &&
  torn.kept.some((byte) => byte !== 0) &&
  !cuts.some(({ file }) => file === torn.path)

/** Empty: the recovery keeps every promise. */
export const violationsOf = (
  promises: Promises,
  state: CrashState,
  recovery: Recovery,
): ReadonlyArray<string> => {
  if (recovery.refusal !== undefined)
    // Under a model that no file system in use follows, a refusal that is told is an answer.
    return state.model === 'any-order' ? [] : [`J2 it does not open: ${recovery.refusal}`]
  return [
    ...(recovery.broken === undefined ? [] : [`J4 ${recovery.broken}`]),
    ...historyComplaints(promises, recovery.hashes),
    ...(silentCut(state, recovery) ? ['J8 a torn tail was cut without a word'] : []),
  ]
}
