/** Which branches recovery took in a run, by what it found and decided. */
import type { StoredRecord } from '../../journal/store/journal-store.ts'
import { recordedEvent } from '../oracles/intents.ts'

const withoutNumbers = (text: string): string => text.replace(/\d+/g, 'N')

export const recoveriesIn = (records: ReadonlyArray<StoredRecord>): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const record of records) {
    const { event } = recordedEvent(record)
    if (event._tag !== 'RecoveryConcluded') continue
    for (const one of event.findings) {
      const kind = one.subject.split(' ')[0] ?? ''
      found.add(`${kind}: ${withoutNumbers(one.found)}: ${one.decided}`)
    }
  }
  return [...found].sort()
}
