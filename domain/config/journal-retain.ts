/** How much of the journal's archives is kept: `30d`, `1GiB`, `30d,1GiB`, `-1` for everything. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { refuse, type Checked } from '../container/validate/refusal.ts'
import { parseSize } from '../container/validate/size.ts'
import { parseDuration } from './duration.ts'

/** An archive beyond a limit goes when nothing that lives has a record in it. */
export interface JournalRetain {
  /** null: no limit. */
  readonly ageMs: number | null
  readonly sizeBytes: number | null
}

export const defaultJournalRetain = '30d,1GiB'

const key = 'journal-retain'
const leastMs = 3_600_000
/** Less would be gone with one burst of commands. */
const leastBytes = 64 * 1024 * 1024

/** Days, which other durations do not have, as hours. */
const inHours = (text: string): string =>
  text.replace(/^(\d{1,6})d/, (_, days: string) => `${Number(days) * 24}h`)

const age = (text: string): Checked<number | null> =>
  pipe(
    parseDuration(key, inHours(text)),
    E.filterOrElse(
      (ms) => ms !== null && ms >= leastMs,
      () => ({
        _tag: 'ConfigRefusal' as const,
        field: key,
        message: `Invalid ${key} "${text}": want an age of 1h or more`,
      }),
    ),
  )

const size = (text: string): Checked<number | null> =>
  pipe(
    parseSize(key, text),
    E.filterOrElse(
      (bytes) => bytes >= leastBytes,
      () => ({
        _tag: 'ConfigRefusal' as const,
        field: key,
        message: `Invalid ${key} "${text}": want a size of 64MiB or more`,
      }),
    ),
  )

const isAge = (text: string): boolean => /^\d[\d.]*(ms|s|m|h|d)(\d|$)/.test(text)
const isSize = (text: string): boolean => /^\d+([kmgtp]i?b|[kgtp]|b)$/i.test(text)

/** `m` alone is minutes; megabytes are `MB` or `MiB`. */
export const parseJournalRetain = (text: string): Checked<JournalRetain> => {
  if (text === '-1') return E.right({ ageMs: null, sizeBytes: null })
  const parts = text.split(',').map((part) => part.trim())
  const ages = parts.filter(isAge)
  const sizes = parts.filter((part) => !isAge(part) && isSize(part))
  if (ages.length > 1 || sizes.length > 1 || ages.length + sizes.length !== parts.length)
    return refuse(
      key,
      `Invalid ${key} "${text}": want an age such as 30d, a size such as 1GiB, or both with a ` +
        'comma between them, or -1 for no limit',
    )
  const [ageText] = ages
  const [sizeText] = sizes
  return pipe(
    ageText === undefined ? E.right(null) : age(ageText),
    E.chain((ageMs) =>
      pipe(
        sizeText === undefined ? E.right(null) : size(sizeText),
        E.map((sizeBytes) => ({ ageMs, sizeBytes })),
      ),
    ),
  )
}
