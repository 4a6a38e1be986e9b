/** `isula volume`: volumes that outlive containers (spec 23 section 2). */
import { createInterface } from 'node:readline/promises'
import * as E from 'fp-ts/lib/Either.js'
import { printExact, parseExact } from '../format/exact-json.ts'
import { tabbedTable } from '../format/table.ts'
import { calls } from '../transport/calls.ts'
import { failureText } from '../transport/failure.ts'
import { mintRequestId } from '../transport/request-id.ts'
import { change, fail, forEachOperand, query, type Command, type CommandInput } from './command.ts'

const list: Command = async (input) => {
  const listed = await query(input, calls.listVolumes, {})
  if (E.isLeft(listed)) return fail(input, listed.left)
  const { volumes } = listed.right
  const rows = volumes.map(({ driver, name }) => [driver, name])
  const text = input.flags.bool('quiet')
    ? volumes.map(({ name }) => `${name}\n`).join('')
    : tabbedTable([['DRIVER', 'VOLUME NAME'], ...rows])
  input.out(text)
  return 0
}

/** Prints the name, also of a volume that is already there. */
const create: Command = async (input) => {
  const [name = ''] = input.operands
  const options = { requestId: mintRequestId() }
  const made = await input.connection.unary(calls.createVolume, { name }, options)
  if (E.isLeft(made)) return fail(input, failureText(made.left))
  input.out(`${made.right.name}\n`)
  return 0
}

const inspect: Command = async (input) => {
  const found: unknown[] = []
  let exitCode = 0
  for (const name of input.operands) {
    const answer = await input.connection.unary(calls.inspectVolume, { name })
    if (E.isLeft(answer)) exitCode = fail(input, failureText(answer.left))
    else found.push(parseExact(answer.right.json))
  }
  input.out(`${printExact(found, 4)}\n`)
  return exitCode
}

const remove: Command = (input) =>
  forEachOperand(input, async (name) =>
    E.map(() => `${name}\n`)(await change(input, calls.removeVolume, { name })),
  )

const question =
  'WARNING! This will remove all volumes that no container uses.\nAre you sure? [y/N] '

/** No answer is no. */
const agrees = async (): Promise<boolean> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
    return /^y(es)?$/i.test((await Promise.race([lines.question(question), closed])).trim())
  } finally {
    lines.close()
  }
}

const prune: Command = async (input) => {
  if (!input.flags.bool('force') && !(await agrees())) return 0
  const pruned = await change(input, calls.pruneVolumes, {})
  if (E.isLeft(pruned)) return fail(input, pruned.left)
  input.out(pruned.right.volumes.map((name) => `${name}\n`).join(''))
  return 0
}

interface Subcommand {
  readonly run: Command
  /** How many names it takes. */
  readonly least: number
  readonly most: number
}

const subcommands: Readonly<Record<string, Subcommand>> = {
  ls: { run: list, least: 0, most: 0 },
  create: { run: create, least: 0, most: 1 },
  inspect: { run: inspect, least: 1, most: Infinity },
  rm: { run: remove, least: 1, most: Infinity },
  prune: { run: prune, least: 0, most: 0 },
}

const wanted = ({ least, most }: Subcommand): string =>
  least > 0 ? 'at least 1 volume' : most === 0 ? 'no volume' : `at most ${most} volume`

export const volume: Command = async (input: CommandInput) => {
  const [word = '', ...names] = input.operands
  const subcommand = Object.hasOwn(subcommands, word) ? subcommands[word] : undefined
  if (subcommand === undefined) {
    const known = Object.keys(subcommands).join(', ')
    return fail(input, `isula volume: '${word}' is not a subcommand: want one of ${known}`)
  }
  if (names.length < subcommand.least || names.length > subcommand.most)
    return fail(input, `"volume ${word}" wants ${wanted(subcommand)}`)
  return subcommand.run({ ...input, operands: names })
}
