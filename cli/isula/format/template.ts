/** `--format` of lists: `{{.Field}}` between literal text, `table` for a header and padding. */
import * as E from 'fp-ts/lib/Either.js'

export interface Template {
  readonly table: boolean
  readonly fields: ReadonlyArray<string>
  /** Before, between and behind the fields: one more than there are fields. */
  readonly texts: ReadonlyArray<string>
}

const escapes: Readonly<Record<string, string>> = { '\\t': '\t', '\\n': '\n', '\\\\': '\\' }

const unescape = (text: string): string =>
  text.replace(/\\[tn\\]/g, (escape) => escapes[escape] ?? escape)

/** No functions, pipes or ranges. Left: what to tell the user. */
export const parseTemplate = (
  format: string,
  known: ReadonlyArray<string>,
): E.Either<string, Template> => {
  const table = format.startsWith('table ')
  const parts = (table ? format.slice('table '.length) : format).split(/\{\{\s*([^{}]*?)\s*\}\}/)
  const names = parts.filter((_, index) => index % 2 === 1)
  const wrong = names.find((name) => !name.startsWith('.') || !known.includes(name.slice(1)))
  if (wrong !== undefined)
    return E.left(`--format not support the field: ${wrong.replace(/^\./, '')}`)
  const texts = parts.filter((_, index) => index % 2 === 0)
  const broken = texts.find((text) => /\{\{|\}\}/.test(text))
  if (broken !== undefined) return E.left(`--format not support the field: ${broken}`)
  return E.right({ table, fields: names.map((name) => name.slice(1)), texts: texts.map(unescape) })
}
