/** Help texts, made from the commands themselves. */
import type { FlagSpec } from './arguments.ts'
import type { Command } from './command.ts'
import { table } from './text/table.ts'

const exitCodes = 'Exit codes: 0 clean, 1 findings, 2 wrong usage or nothing to read.\n'

const flagRow = ({ name, short, value, help }: FlagSpec): ReadonlyArray<string> => {
  const names = `${short === undefined ? '    ' : `${short}, `}${name}`
  return [`  ${names}${value === undefined ? '' : ` ${value}`}`, help]
}

export const commandHelp = ({ synopsis, purpose, flags }: Command): string =>
  [
    `Usage:  isula-audit ${synopsis} [FLAGS]\n`,
    `\n${purpose}\n`,
    `\nFlags:\n${table(flags.map(flagRow))}`,
    `\n${exitCodes}`,
  ].join('')

const firstSentence = (purpose: string): string =>
  purpose
    .replaceAll('\n', ' ')
    .replace(/(?<=[.:]) .*$/, '')
    .replace(/[.:]$/, '')

export const overview = (commands: ReadonlyArray<Command>): string =>
  [
    'Usage:  isula-audit COMMAND\n',
    '\nProves, explains and replays the journal of a daemon, living or dead; it only reads.\n',
    `\nCommands:\n${table(commands.map((c) => [`  ${c.synopsis}`, firstSentence(c.purpose)]))}`,
    "\n'isula-audit COMMAND --help' tells more.\n",
    `\n${exitCodes}`,
  ].join('')
