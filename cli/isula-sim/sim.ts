/** From arguments to an exit code: `isula-sim` without its process. */
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { exploreCommand, listScenarios } from './explore-command.ts'
import type { ExitCode, Output } from './output.ts'
import { replayCommand } from './replay-command.ts'
import { parseRequest, type Request } from './request.ts'
import { runCommand } from './run-command.ts'
import { shrinkCommand } from './shrink-command.ts'
import { bugNamed } from '../../simulator/explore/planted-bugs.ts'
import { usage } from './usage.ts'

const obey = async (request: Request, output: Output, entry: string): Promise<ExitCode> => {
  if ('planted' in request) bugNamed(request.planted)
  switch (request._tag) {
    case 'Help':
      output.out(usage(request.command))
      return 0
    case 'Run':
      return runCommand(request, output, entry)
    case 'Replay':
      return replayCommand(request, output)
    case 'Shrink':
      return shrinkCommand(request, output)
    case 'List':
      return listScenarios(output)
    case 'Explore':
      return exploreCommand(request, output)
  }
}

/** `entry` is the file that starts this program: `run` starts it again for its workers. */
export const runSim = async (
  args: ReadonlyArray<string>,
  output: Output,
  entry: string,
): Promise<ExitCode> => {
  const request = parseRequest(args, availableParallelism())
  if (E.isLeft(request)) {
    output.error(`isula-sim: ${request.left}\n\n${usage()}`)
    return 2
  }
  try {
    return await obey(request.right, output, entry)
  } catch (error) {
    output.error(`isula-sim: ${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
}
