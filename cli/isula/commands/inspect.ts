/** `isula inspect`: containers, else images (CLI-INSPECT-*). */
import * as E from 'fp-ts/lib/Either.js'
import { parseExact } from '../format/exact-json.ts'
import { inspectText, parseInspectFormat, pickText, type Pick } from '../format/inspect.ts'
import { calls } from '../transport/calls.ts'
import { checkReply, fail, type Command, type CommandInput } from './command.ts'

const defaultSeconds = 120

/** Texts by which a daemon says that no container has this name (spec 22 section 2). */
const noContainer = /No such (?:image or )?container/i

interface Question {
  readonly bformat: boolean
  readonly timeout: number
}

/** At most 0 means no limit (CLI-INSPECT-04). */
const deadline = ({ timeout }: Question) => (timeout > 0 ? { deadlineMs: timeout * 1000 } : {})

const findObject = async (
  { connection }: CommandInput,
  id: string,
  question: Question,
): Promise<E.Either<string, unknown>> => {
  const request = { id, ...question }
  const options = deadline(question)
  const container = checkReply(await connection.unary(calls.inspect, request, options))
  if (E.isRight(container)) return E.right(parseExact(container.right.ContainerJSON))
  if (!noContainer.test(container.left)) return container
  const image = checkReply(await connection.unary(calls.imageInspect, request, options))
  return E.isRight(image)
    ? E.right(parseExact(image.right.ImageJSON))
    : E.left(`Inspect error: No such object:${id}`)
}

const show = (
  input: CommandInput,
  objects: ReadonlyArray<unknown>,
  picks: ReadonlyArray<Pick> | undefined,
): number => {
  if (picks === undefined) {
    input.out(inspectText(objects))
    return 0
  }
  let exitCode = 0
  for (const object of objects) {
    const text = pickText(object, picks)
    if (E.isRight(text)) input.out(text.right)
    else exitCode = fail(input, text.left)
  }
  return exitCode
}

export const inspect: Command = async (input) => {
  const format = input.flags.text('format')
  const picks = format === undefined ? undefined : parseInspectFormat(format)
  if (picks !== undefined && E.isLeft(picks)) return fail(input, picks.left)
  const question = {
    bformat: format !== undefined,
    timeout: input.flags.int('time') ?? defaultSeconds,
  }
  const objects: Array<unknown> = []
  let exitCode = 0
  for (const id of input.operands) {
    const found = await findObject(input, id, question)
    if (E.isRight(found)) objects.push(found.right)
    else exitCode = fail(input, found.left)
  }
  if (objects.length === 0) return exitCode
  return show(input, objects, picks?.right) || exitCode
}
