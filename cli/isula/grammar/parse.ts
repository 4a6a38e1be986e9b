/** The argument grammar of isula (spec 20 section 1), over tables of flags. */
import * as E from 'fp-ts/lib/Either.js'
import type { Flag } from './flag.ts'
import type { Given } from './values.ts'

/** Flag errors end with 125 (spec 23 section 2). */
export const flagErrorExit = 125

export interface ParsedWords {
  readonly given: Given
  readonly operands: ReadonlyArray<string>
  /** `--help` was met: nothing after it was looked at. */
  readonly help: boolean
}

type Told<A> = E.Either<string, A>

interface Cursor {
  readonly words: ReadonlyArray<string>
  next: number
}

const wrongValue = (flag: Flag, value: string): string | undefined => {
  if (flag.kind === 'bool' && value !== 'true' && value !== 'false')
    return `Invalid boolean value '${value}' for flag '--${flag.long}'`
  if (flag.kind === 'int' && !isInteger(value))
    return `Invalid value '${value}' for flag '--${flag.long}': an integer is needed`
  return undefined
}

const isInteger = (value: string): boolean =>
  /^[+-]?[0-9]+$/.test(value) && Number.isSafeInteger(Number(value))

const unknown = (spelled: string): Told<never> => E.left(`Unknown flag found:'${spelled}'`)

const find = (table: ReadonlyArray<Flag>, spelled: string): Flag | undefined =>
  spelled.startsWith('--')
    ? table.find((f) => f.long === spelled.slice(2) || f.aliases?.includes(spelled.slice(2)))
    : table.find((f) => f.short === spelled.slice(1))

interface Spelled {
  readonly flag: Flag
  readonly spelled: string
  /** The text after an `=` that was attached to this flag. */
  readonly attached: string | undefined
}

const lookUp = (table: ReadonlyArray<Flag>, spelled: string, attached?: string): Told<Spelled> => {
  const flag = find(table, spelled)
  if (flag === undefined) return unknown(spelled)
  if (!flag.supported) return E.left(`--${flag.long} is not supported yet`)
  return E.right({ flag, spelled, attached })
}

/** `--x` and `--x=value`; only the first `=` splits (CLI-PARSE-06). */
const readLong = (table: ReadonlyArray<Flag>, word: string): Told<ReadonlyArray<Spelled>> => {
  const split = word.indexOf('=')
  const found =
    split < 0 ? lookUp(table, word) : lookUp(table, word.slice(0, split), word.slice(split + 1))
  return E.isLeft(found) ? found : E.right([found.right])
}

/** Each character is a flag of its own; `=` ends the cluster (CLI-PARSE-02). */
const readCluster = (table: ReadonlyArray<Flag>, word: string): Told<ReadonlyArray<Spelled>> => {
  const split = word.indexOf('=')
  const letters = [...(split < 0 ? word.slice(1) : word.slice(1, split))]
  if (letters.length === 0) return unknown(word)
  const found: Array<Spelled> = []
  for (const [index, letter] of letters.entries()) {
    const last = index === letters.length - 1
    const one = lookUp(table, `-${letter}`, last && split >= 0 ? word.slice(split + 1) : undefined)
    if (E.isLeft(one)) return one
    found.push(one.right)
  }
  return E.right(found)
}

const needsNextWord = (one: Spelled): boolean =>
  one.flag.kind !== 'bool' && one.attached === undefined

const valueOf = (one: Spelled, cursor: Cursor): Told<string> => {
  if (!needsNextWord(one)) return E.right(one.attached ?? 'true')
  const value = cursor.words[cursor.next]
  if (value === undefined) return E.left(`Flag '${one.spelled}' needs a value`)
  cursor.next += 1
  return E.right(value)
}

/** Takes one word of flags, and the value word that it may need. */
const takeFlags = (
  found: ReadonlyArray<Spelled>,
  cursor: Cursor,
  given: Map<string, Array<string>>,
): Told<boolean> => {
  const hungry = found.filter(needsNextWord)
  if (hungry.length > 1)
    return E.left(
      `Flags ${hungry.map((one) => `'${one.spelled}'`).join(' and ')} both need a value: ` +
        'write them apart',
    )
  for (const one of found) {
    const value = valueOf(one, cursor)
    if (E.isLeft(value)) return value
    const wrong = wrongValue(one.flag, value.right)
    if (wrong !== undefined) return E.left(wrong)
    if (one.flag.long === 'help' && value.right === 'true') return E.right(true)
    const values = given.get(one.flag.long) ?? []
    values.push(value.right)
    given.set(one.flag.long, values)
  }
  return E.right(false)
}

/**
 * Left: what to tell the user. With `operandEndsFlags` the words from the first operand on are
 * not looked at (CLI-PARSE-08); else flags may stand between operands, and `--` ends them.
 */
export const parseWords = (
  table: ReadonlyArray<Flag>,
  words: ReadonlyArray<string>,
  operandEndsFlags: boolean,
): Told<ParsedWords> => {
  const cursor: Cursor = { words, next: 0 }
  const given = new Map<string, Array<string>>()
  const operands: Array<string> = []
  for (;;) {
    const word = words[cursor.next]
    if (word === undefined) break
    if (word === '--' || (operandEndsFlags && !isFlag(word))) {
      operands.push(...words.slice(cursor.next + (word === '--' ? 1 : 0)))
      break
    }
    cursor.next += 1
    if (!isFlag(word)) {
      operands.push(word)
      continue
    }
    const found = word.startsWith('--') ? readLong(table, word) : readCluster(table, word)
    if (E.isLeft(found)) return found
    const help = takeFlags(found.right, cursor, given)
    if (E.isLeft(help)) return help
    if (help.right) return E.right({ given, operands, help: true })
  }
  return E.right({ given, operands, help: false })
}

/** A single `-` is an operand. */
const isFlag = (word: string): boolean => word.length > 1 && word.startsWith('-')
