/** What a shell can offer behind each command and flag, read from the parser's tables. */
import { commandTable } from '../grammar/commands.ts'
import { commonFlags, type CommandSpec, type Flag } from '../grammar/flag.ts'

/** Whose names stand for an operand; `words` are the operand's own. */
export interface OperandOffer {
  readonly containers: boolean
  readonly images: boolean
  readonly words: ReadonlyArray<string>
  /** False: only the first operand is one of these. */
  readonly repeated: boolean
}

/** `CONTAINER|IMAGE [CONTAINER|IMAGE...]` → names of both, again and again. */
export const operandOffer = ({ operands }: CommandSpec): OperandOffer => {
  const first = (operands.split(' ')[0] ?? '').replace(/^\[|[\].]+$/g, '')
  const choices = first.split('|')
  return {
    containers: choices.some((choice) => choice === 'CONTAINER' || choice === 'OLD_NAME'),
    images: choices.some((choice) => /^(SOURCE_)?IMAGE\b/.test(choice)),
    words: choices.flatMap((choice) => {
      if (choice === 'COMMAND') return byName().map(({ name }) => name)
      return /^[a-z]+$/.test(choice) ? [choice] : []
    }),
    repeated: operands.includes('...') && !operands.includes('[ARG...]'),
  }
}

/** The few values that a flag can only have. */
const choices: Readonly<Record<string, ReadonlyArray<string>>> = {
  'log-driver': ['json-file', 'syslog'],
  net: ['none', 'host'],
  pull: ['missing', 'always', 'never'],
  restart: ['no', 'always', 'on-failure'],
}

export const choicesOf = ({ long }: Flag): ReadonlyArray<string> => choices[long] ?? []

/** A flag that would be refused is not offered. */
export const flagsOf = ({ flags }: CommandSpec): ReadonlyArray<Flag> =>
  [...flags, ...commonFlags].filter(({ supported }) => supported)

export const spellings = (flag: Flag): ReadonlyArray<string> => [
  ...(flag.short === undefined ? [] : [`-${flag.short}`]),
  `--${flag.long}`,
]

export const takesValue = ({ kind }: Flag): boolean => kind !== 'bool'

export const byName = (): ReadonlyArray<CommandSpec> =>
  [...commandTable].sort((a, b) => (a.name < b.name ? -1 : 1))
