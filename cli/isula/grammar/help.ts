/** Help texts, made from the tables. */
import { commandTable } from './commands.ts'
import { commonFlags, type CommandSpec, type Flag } from './flag.ts'

const width = (rows: ReadonlyArray<readonly [string, string]>): number =>
  Math.max(...rows.map(([left]) => left.length))

const columns = (rows: ReadonlyArray<readonly [string, string]>): string =>
  rows.map(([left, right]) => `  ${left.padEnd(width(rows))}  ${right}\n`).join('')

const flagRow = (flag: Flag): readonly [string, string] => {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `
  const value = { bool: '', string: ' VALUE', list: ' VALUE', int: ' NUMBER' }[flag.kind]
  const note = flag.supported
    ? flag.kind === 'list'
      ? ' (repeatable)'
      : ''
    : ' (not supported yet)'
  return [`${short}--${flag.long}${value}`, `${flag.help}${note}`]
}

export const commandHelp = (spec: CommandSpec): string =>
  [
    `Usage:  ${['isula', spec.name, '[OPTIONS]', spec.operands].join(' ').trimEnd()}\n`,
    `\n${spec.summary}\n`,
    spec.flags.length === 0 ? '' : `\nOptions:\n${columns(spec.flags.map(flagRow))}`,
    `\nCommon options:\n${columns(commonFlags.map(flagRow))}`,
  ].join('')

export const generalHelp = (): string => {
  const rows = commandTable.map((c) => [c.name, c.summary] as const)
  return [
    'Usage:  isula [OPTIONS] COMMAND [ARGS...]\n',
    `\nCommands:\n${columns([...rows].sort(([a], [b]) => (a < b ? -1 : 1)))}`,
    `\nOptions:\n${columns([...commonFlags.map(flagRow), ['    --version', 'Print the version']])}`,
    "\nRun 'isula COMMAND --help' for the options of a command.\n",
  ].join('')
}
