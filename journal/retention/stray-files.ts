/** Files of the archive folder that crashes have left and that hold nothing of their own. */
import type { ArchiveFact } from '../../domain/engine/state.ts'
import { rangeOfName, stagedSuffix } from './archive-name.ts'

const isStaged = (name: string): boolean =>
  name.endsWith(stagedSuffix) && rangeOfName(name.slice(0, -stagedSuffix.length)) !== undefined

/**
 * Half written files, archives of which no event speaks and whose records are all in the journal,
 * and archives that were deleted by an event. Everything else is left where it is.
 */
export const strayNames = (
  names: ReadonlyArray<string>,
  facts: ReadonlyArray<ArchiveFact>,
  baseSeq: number,
): ReadonlyArray<string> => {
  const known = new Set(facts.map((fact) => fact.file))
  const oldest = facts[0]?.from ?? baseSeq + 1
  return names.filter((name) => {
    if (isStaged(name)) return true
    const range = rangeOfName(name)
    if (range === undefined || known.has(name)) return false
    return range.from > baseSeq || (facts.length > 0 && range.to < oldest)
  })
}
