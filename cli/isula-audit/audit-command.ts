/** From a command line to an answer: arguments, the source, output, and the exit code. */
import { writeFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { parseArguments, type Arguments } from './arguments.ts'
import {
  failed,
  wrongUsage,
  type Answer,
  type Command,
  type ExitCode,
  type Output,
  type PlainCommand,
  type Result,
  type SourceCommand,
} from './command.ts'
import { commands } from './commands/all.ts'
import { commandHelp, overview } from './help.ts'
import { htmlPage } from './html/page.ts'
import { pageModel } from './html/page-model.ts'
import { openSource } from './sources/open-source.ts'
import type { OpenedSource } from './sources/opened-source.ts'
import { printable } from './text/table.ts'

const writePage = async (
  path: string,
  { command, journal }: { readonly command: string; readonly journal: OpenedSource['journal'] },
  { text, clean, findings = [], checks = [] }: Result,
): Promise<void> => {
  const model = await pageModel(journal, {
    command,
    text,
    clean,
    findings,
    checks,
    madeAtMs: Date.now(),
  })
  await writeFile(path, htmlPage(model))
}

const withSource = async (command: SourceCommand, args: Arguments, output: Output): Answer => {
  const [first, ...others] = args.operands
  const most = command.pathFirst ? 0 : 1
  const operands = command.pathFirst ? others : args.operands
  if (operands.length > most) return wrongUsage(`too many arguments for ${command.name}`)
  const path = (command.pathFirst ? first : undefined) ?? args.value('--journal')
  const opened = await openSource({ path, socket: args.value('--socket') })
  if (E.isLeft(opened)) return failed(opened.left)
  try {
    const answer = await command.run(args, opened.right, output)
    const page = args.value('--html')
    if (E.isRight(answer) && page !== undefined)
      await writePage(page, { command: command.name, journal: opened.right.journal }, answer.right)
    return answer
  } finally {
    opened.right.close()
  }
}

const run = (command: SourceCommand | PlainCommand, args: Arguments, output: Output): Answer =>
  command.kind === 'source' ? withSource(command, args, output) : command.run(args, output)

const attempt = async (answer: () => Answer): Answer => {
  try {
    return await answer()
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error))
  }
}

const wrong = (detail: string, help: string, output: Output): ExitCode => {
  output.error(`isula-audit: ${printable(detail)}\n${help}`)
  return 2
}

const perform = async (
  command: (SourceCommand | PlainCommand) & Command,
  words: ReadonlyArray<string>,
  output: Output,
): Promise<ExitCode> => {
  const args = parseArguments(words, command.flags)
  if (E.isLeft(args)) return wrong(args.left, `\n${commandHelp(command)}`, output)
  if (args.right.has('--help')) {
    output.out(commandHelp(command))
    return 0
  }
  const answer = await attempt(() => run(command, args.right, output))
  if (E.isLeft(answer)) {
    const { detail, usage } = answer.left
    return wrong(detail, usage ? `\n${commandHelp(command)}` : '', output)
  }
  const { clean, text, json } = answer.right
  output.out(args.right.has('--json') ? `${JSON.stringify(json, null, 2)}\n` : printable(text))
  return clean ? 0 : 1
}

export const runAudit = async (words: ReadonlyArray<string>, output: Output): Promise<ExitCode> => {
  const [name, ...rest] = words
  const help = overview(commands)
  if (name === '--help' || name === '-h' || name === 'help') {
    output.out(help)
    return 0
  }
  if (name === undefined) return wrong('a command is missing', `\n${help}`, output)
  const command = commands.find((c) => c.name === name)
  return command === undefined
    ? wrong(`unknown command '${name}'`, `\n${help}`, output)
    : perform(command, rest, output)
}
