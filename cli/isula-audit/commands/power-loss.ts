/** `isula-audit power-loss`: what a power cut now could leave, and what that would recover to. */
import * as E from 'fp-ts/lib/Either.js'
import {
  explorePowerLoss,
  type PowerLossOptions,
} from '../../../journal/crash-states/power-loss.ts'
import type { Arguments } from '../arguments.ts'
import { failed, wrongUsage, type Answer, type Output, type PlainCommand } from '../command.ts'
import { outputFlags } from '../flags.ts'
import { powerLossText } from '../text/power-loss-text.ts'

const numberOf = (args: Arguments, name: string): number | undefined =>
  args.value(name) === undefined ? undefined : Number(args.value(name))

const isCount = (n: number | undefined): boolean =>
  n === undefined || (Number.isSafeInteger(n) && n > 0)

/** One line that is written over again, at most ten times a second. */
const progressTo = (output: Output): ((done: number, total: number) => void) => {
  let shownMs = 0
  return (done, total) => {
    const nowMs = performance.now()
    if (nowMs - shownMs < 100 && done < total) return
    shownMs = nowMs
    output.error(`\r${done} of ${total} states${done < total ? '' : '\n'}`)
  }
}

const run = async (args: Arguments, output: Output): Answer => {
  const [directory, ...more] = args.operands
  if (directory === undefined || more.length > 0)
    return wrongUsage('power-loss takes one directory')
  const [statesPerClass, seed] = [numberOf(args, '--states'), numberOf(args, '--seed')]
  if (!isCount(statesPerClass) || !isCount(seed))
    return wrongUsage('--states and --seed are numbers from 1')
  const options: PowerLossOptions = {
    ...(statesPerClass === undefined ? {} : { statesPerClass }),
    ...(seed === undefined ? {} : { seed }),
    ...(args.has('--progress') ? { onProgress: progressTo(output) } : {}),
  }
  const report = await explorePowerLoss(directory, options)
  return report === undefined
    ? failed(`${directory}: there is no journal here`)
    : E.right({ clean: report.ok, text: powerLossText(report), json: report })
}

export const powerLoss: PlainCommand = {
  kind: 'plain',
  name: 'power-loss',
  synopsis: 'power-loss DIR',
  purpose:
    'Copies the journal in DIR, makes the states that a loss of power could leave of the copy,\n' +
    'and tells what the daemon would make of each. DIR itself is only read.',
  flags: [
    { name: '--states', value: 'N', help: 'at most so many states of each class (default: 200)' },
    { name: '--seed', value: 'N', help: 'of the garbage in torn sectors (default: 1)' },
    { name: '--progress', help: 'show on the standard error how far it is' },
    ...outputFlags,
  ],
  run,
}
