/** Top: the processes of a container as the host's ps shows them (CLI-TOP-01). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Container } from '../../../domain/container/state.ts'
import { failure, success, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { notRunning } from '../texts.ts'
import type { TopRequest, TopResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'

/** The manual's default. */
const usualOptions: ReadonlyArray<string> = ['-ef']

interface Listing {
  readonly titles: string
  readonly processes: ReadonlyArray<string>
}

const words = (line: string): ReadonlyArray<string> => line.trim().split(/\s+/)

/** Only the lines of `pids`, which stand in the column PID. Left: there is no such column. */
export const linesOf = (output: string, pids: ReadonlySet<number>): Either<string, Listing> => {
  const [titles = '', ...lines] = output.split('\n').filter((line) => line !== '')
  const column = words(titles).indexOf('PID')
  return column < 0
    ? E.left("Couldn't find PID field in ps output")
    : E.right({
        titles,
        processes: lines.filter((line) => pids.has(Number(words(line)[column]))),
      })
}

const listing = async (
  { queries }: Front,
  { cgroupPath }: Container,
  options: ReadonlyArray<string>,
  signal: AbortSignal,
): Promise<Either<string, Listing>> => {
  // Before and after: a pid that changes hands meanwhile is no process of the container.
  const before = new Set(await queries.pids(cgroupPath))
  const output = await queries.ps(options.length === 0 ? usualOptions : options, signal)
  if (E.isLeft(output)) return output
  const after = await queries.pids(cgroupPath)
  return linesOf(output.right, new Set(after.filter((pid) => before.has(pid))))
}

const refused = (text: string): TopResponse => ({
  ...failure(text),
  titles: Buffer.alloc(0),
  processes: [],
})

export const top =
  (front: Front): UnaryWork<TopRequest, TopResponse> =>
  async ({ id: given, args }, { signal }) => {
    const found = findContainer(front.engine.world, given)
    if (E.isLeft(found)) return refused(found.left)
    const container = found.right
    if (container.phase._tag !== 'Running') return refused(notRunning(container.id))
    const shown = await listing(front, container, args, signal)
    if (E.isLeft(shown)) return refused(shown.left)
    return {
      ...success,
      titles: Buffer.from(shown.right.titles),
      processes: shown.right.processes.map((line) => Buffer.from(line)),
    }
  }
