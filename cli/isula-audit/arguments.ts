/** Words of a command line: flags with and without values, and the operands between them. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'

export interface FlagSpec {
  /** With the dashes: `--json`. */
  readonly name: string
  readonly short?: string
  /** What the value is called in the help; absent: the flag takes none. */
  readonly value?: string
  readonly help: string
}

export interface Arguments {
  readonly operands: ReadonlyArray<string>
  readonly has: (name: string) => boolean
  readonly value: (name: string) => string | undefined
}

interface Parsed {
  readonly flag: FlagSpec
  readonly value: string
  /** How many words it took. */
  readonly words: 1 | 2
}

const flagAt = (
  words: readonly [word: string, next: string | undefined],
  specs: ReadonlyArray<FlagSpec>,
): Either<string, Parsed> => {
  const [word, next] = words
  const equals = word.startsWith('--') ? word.indexOf('=') : -1
  const name = equals < 0 ? word : word.slice(0, equals)
  const flag = specs.find((spec) => spec.name === name || spec.short === name)
  if (flag === undefined) return E.left(`unknown flag '${name}'`)
  if (flag.value === undefined)
    return equals < 0 ? E.right({ flag, value: '', words: 1 }) : E.left(`${name} takes no value`)
  if (equals >= 0) return E.right({ flag, value: word.slice(equals + 1), words: 1 })
  return next === undefined
    ? E.left(`${name} needs a value: ${flag.value}`)
    : E.right({ flag, value: next, words: 2 })
}

/** `--` ends the flags; a single `-` is an operand. Left: what is wrong, for the user. */
export const parseArguments = (
  words: ReadonlyArray<string>,
  specs: ReadonlyArray<FlagSpec>,
): Either<string, Arguments> => {
  const operands: string[] = []
  const values = new Map<string, string>()
  for (let i = 0; i < words.length;) {
    const word = words[i] ?? ''
    if (word === '--') {
      operands.push(...words.slice(i + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word)
      i += 1
      continue
    }
    const parsed = flagAt([word, words[i + 1]], specs)
    if (E.isLeft(parsed)) return parsed
    values.set(parsed.right.flag.name, parsed.right.value)
    i += parsed.right.words
  }
  return E.right({
    operands,
    has: (name) => values.has(name),
    value: (name) => values.get(name),
  })
}
