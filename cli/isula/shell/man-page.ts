/** Manual pages, generated from the parser's tables: isula(1) and one page a command. */
import { commonFlags, type CommandSpec, type Flag } from '../grammar/flag.ts'
import { byName, spellings, takesValue } from './offers.ts'

/** What roff would read as an escape, a hyphen, or a request at the start of a line. */
export const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replace(/^\./gm, '\\&.')

const bold = (text: string): string => `\\fB${roff(text)}\\fR`
const italic = (text: string): string => `\\fI${roff(text)}\\fR`

export interface Edition {
  readonly version: string
  /** `2026-01-02`. */
  readonly date: string
}

const head = (name: string, { version, date }: Edition): string =>
  `.TH "${roff(name.toUpperCase())}" "1" "${roff(date)}" "isulad ${roff(version)}" "isula"\n`

const section = (title: string, body: string): string => `.SH ${title}\n${body}`

const flagItem = (flag: Flag): string => {
  const names = [...spellings(flag), ...(flag.aliases ?? []).map((alias) => `--${alias}`)]
  const value = takesValue(flag) ? ` ${italic(flag.kind === 'int' ? 'NUMBER' : 'VALUE')}` : ''
  const notes = [
    ...(flag.kind === 'list' ? ['May be given several times.'] : []),
    ...(flag.supported ? [] : ['Not supported yet: refused by its name.']),
  ]
  const text = [`${flag.help}.`, ...notes].map((line) => `${roff(line)}\n`).join('')
  return `.TP\n${names.map(bold).join(', ')}${value}\n${text}`
}

const items = (flags: ReadonlyArray<Flag>): string => flags.map(flagItem).join('')

/** Upper-case operands are placeholders; the rest is typed as it stands. */
const synopsisOf = ({ name, operands }: CommandSpec): string => {
  const words = operands.split(' ').filter((word) => word !== '')
  const shown = words.map((word) => (/^[a-z|]+$/.test(word) ? bold(word) : italic(word)))
  return [bold(`isula ${name}`), `[${italic('OPTIONS')}]`, ...shown].join(' ') + '\n'
}

const exits = (rows: ReadonlyArray<readonly [string, string]>): string =>
  rows.map(([code, meaning]) => `.TP\n${bold(code)}\n${roff(meaning)}\n`).join('')

const usualExits = [
  ['0', 'Done.'],
  ['1', 'The daemon refused it or failed, or cannot be reached; an unknown command.'],
  ['125', 'A flag or its value is wrong; nothing was asked of the daemon.'],
] as const

const processExits = [
  ['0', 'The process ended with 0, or it runs in the background.'],
  ['125', 'A flag or its value is wrong, or there is no process: it could not be made.'],
  ['126', 'The program cannot be executed.'],
  ['127', 'The program was not found.'],
  ['N', "Else the exit code of the process; 128 and the signal's number when it was killed."],
] as const

const runsProcess: ReadonlySet<string> = new Set(['run', 'exec'])

const environment = section(
  'ENVIRONMENT',
  `.TP\n${bold('ISULAD_HOST')}\n${roff('The daemon to connect to where no -H is given.')}\n`,
)

/** `isula-NAME.1`. */
export const commandPage = (spec: CommandSpec, edition: Edition): string =>
  [
    head(`isula-${spec.name}`, edition),
    section('NAME', `isula\\-${roff(spec.name)} \\- ${roff(spec.summary)}\n`),
    section('SYNOPSIS', synopsisOf(spec)),
    section('DESCRIPTION', `${roff(spec.summary)}.\n`),
    spec.operandEndsFlags
      ? `.PP\n${roff('Flags stand before the first operand; what follows it is passed on.')}\n`
      : '',
    spec.flags.length === 0 ? '' : section('OPTIONS', items(spec.flags)),
    section('COMMON OPTIONS', items(commonFlags)),
    section('EXIT STATUS', exits(runsProcess.has(spec.name) ? processExits : usualExits)),
    environment,
    section('SEE ALSO', '.BR isula (1)\n'),
  ].join('')

const grammar = [
  'A flag with a value takes the next word, or what an = attaches to it: --user root,',
  '--user=root, -u root, -u=root. Behind one dash every character is a flag of its own, so',
  '-itd is -i -t -d, and -uroot is refused. Flags that take a list may be repeated; of the',
  'others the last one counts. A container is named by its name, its id, or a prefix that no',
  'other id has.',
].join('\n')

const mainPage = (edition: Edition): string =>
  [
    head('isula', edition),
    section('NAME', 'isula \\- client of the isulad container engine\n'),
    section(
      'SYNOPSIS',
      `${bold('isula')} [${italic('OPTIONS')}] ${italic('COMMAND')} [${italic('ARGS...')}]\n`,
    ),
    section('DESCRIPTION', `${roff(grammar)}\n`),
    section(
      'COMMANDS',
      byName()
        .map(({ name, summary }) => `.TP\n.BR isula\\-${roff(name)} (1)\n${roff(summary)}.\n`)
        .join(''),
    ),
    section('OPTIONS', items(commonFlags)),
    `.TP\n${bold('--version')}\nPrint the version.\n`,
    section('EXIT STATUS', exits(usualExits)),
    environment,
  ].join('')

export interface ManPage {
  /** Without a folder. */
  readonly file: string
  readonly text: string
}

export const manPages = (edition: Edition): ReadonlyArray<ManPage> => [
  { file: 'isula.1', text: mainPage(edition) },
  ...byName().map((spec) => ({
    file: `isula-${spec.name}.1`,
    text: commandPage(spec, edition),
  })),
]
