/** One call of the program: which command, with which flags, to which daemon. */
import * as E from 'fp-ts/lib/Either.js'
import { defaultHost, parseAddress, type Address } from '../transport/address.ts'
import { commandTable, laterCommands } from './commands.ts'
import { bool, commonFlags, type CommandSpec } from './flag.ts'
import { commandHelp, generalHelp } from './help.ts'
import { flagErrorExit, parseWords, type ParsedWords } from './parse.ts'
import { flagValues, type FlagValues, type Given } from './values.ts'

export interface Invocation {
  readonly spec: CommandSpec
  readonly flags: FlagValues
  readonly operands: ReadonlyArray<string>
  readonly address: Address
}

/** Nothing to run: a text for stdout (exit 0) or stderr. */
export interface Ending {
  readonly text: string
  readonly exitCode: number
}

export type Environment = Readonly<Record<string, string | undefined>>

const refuse = (text: string, exitCode: number): E.Either<Ending, never> =>
  E.left({ text: `${text}\n`, exitCode })

const hint = (command: string | undefined): string =>
  `\nSee 'isula ${command === undefined ? '' : `${command} `}--help'.`

const print = (text: string): E.Either<Ending, never> => E.left({ text, exitCode: 0 })

const globalFlags = [...commonFlags, bool('version', 'Print the version')]

/** Flags win over the environment, those after the command over those before (CLI-GLOBAL-05). */
const chooseAddress = (
  given: ReadonlyArray<Given>,
  env: Environment,
): E.Either<Ending, Address> => {
  const flag = given.map((g) => g.get('host')?.at(-1)).find((host) => host !== undefined)
  const address = parseAddress(flag ?? (env['ISULAD_HOST'] || defaultHost))
  if (E.isLeft(address)) return refuse(address.left, flagErrorExit)
  // To drop the wish for TLS silently would send everything in clear.
  if (address.right._tag === 'Tcp' && env['ISULAD_TLS_VERIFY'] === '1')
    return refuse('ISULAD_TLS_VERIFY is not supported yet', flagErrorExit)
  return address
}

const operandsWrong = (spec: CommandSpec, count: number): string | undefined => {
  const plural = (n: number) => `${n} argument${n === 1 ? '' : 's'}`
  if (spec.minOperands === spec.maxOperands && count !== spec.minOperands)
    return `"isula ${spec.name}" requires exactly ${plural(spec.minOperands)}.`
  if (count < spec.minOperands)
    return `"isula ${spec.name}" requires at least ${plural(spec.minOperands)}.`
  if (count > spec.maxOperands)
    return `"isula ${spec.name}" requires at most ${plural(spec.maxOperands)}.`
  return undefined
}

const ofCommand = (
  spec: CommandSpec,
  words: ReadonlyArray<string>,
): E.Either<Ending, ParsedWords> => {
  const parsed = parseWords([...spec.flags, ...commonFlags], words, spec.operandEndsFlags)
  if (E.isLeft(parsed)) return refuse(parsed.left + hint(spec.name), flagErrorExit)
  if (parsed.right.help) return print(commandHelp(spec))
  const wrong = operandsWrong(spec, parsed.right.operands.length)
  return wrong === undefined ? parsed : refuse(wrong + hint(spec.name), spec.usageExit)
}

const unknownCommand = (name: string): E.Either<Ending, never> =>
  laterCommands.has(name)
    ? refuse(`isula ${name} is not supported yet`, 1)
    : refuse(`isula: '${name}' is not an isula command.${hint(undefined)}`, 1)

const specOf = (name: string): CommandSpec | undefined => commandTable.find((c) => c.name === name)

/** `isula help [COMMAND]` asks no daemon, so no address is looked at. */
const helpOn = (name: string | undefined): E.Either<Ending, never> => {
  if (name === undefined) return print(generalHelp())
  const spec = specOf(name)
  return spec === undefined ? unknownCommand(name) : print(commandHelp(spec))
}

/** `words`: the arguments after the program's name. */
export const parseInvocation = (
  words: ReadonlyArray<string>,
  env: Environment,
  version: string,
): E.Either<Ending, Invocation> => {
  const before = parseWords(globalFlags, words, true)
  if (E.isLeft(before)) return refuse(before.left + hint(undefined), flagErrorExit)
  const [name, ...rest] = before.right.operands
  if (before.right.given.get('version')?.at(-1) === 'true') return print(`Version ${version}\n`)
  if (before.right.help || name === undefined) return print(generalHelp())
  const spec = specOf(name)
  if (spec === undefined) return unknownCommand(name)
  const parsed = ofCommand(spec, rest)
  if (E.isLeft(parsed)) return parsed
  if (spec.name === 'help') return helpOn(parsed.right.operands[0])
  const address = chooseAddress([parsed.right.given, before.right.given], env)
  if (E.isLeft(address)) return address
  const flags = flagValues([...spec.flags, ...commonFlags], parsed.right.given)
  return E.right({ spec, flags, operands: parsed.right.operands, address: address.right })
}
