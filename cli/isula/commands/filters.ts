/** `-f KEY=VALUE` of list commands. */
import * as E from 'fp-ts/lib/Either.js'

/** The wire carries one value per key, so a key that is given twice cannot be asked. */
export const parseFilters = (
  texts: ReadonlyArray<string>,
): E.Either<string, Readonly<Record<string, string>>> => {
  const filters: Record<string, string> = {}
  for (const text of texts) {
    const equals = text.indexOf('=')
    if (equals < 1) return E.left(`Invalid filter '${text}': KEY=VALUE is needed`)
    const key = text.slice(0, equals)
    if (Object.hasOwn(filters, key)) return E.left(`Filter '${key}' can be given only once`)
    filters[key] = text.slice(equals + 1)
  }
  return E.right(filters)
}
