/** The commands of `isula-audit`, in the order of its help. */
import type { PlainCommand, SourceCommand } from '../command.ts'
import { diff } from './diff.ts'
import { explain } from './explain.ts'
import { exportSlice } from './export.ts'
import { importCheck } from './import.ts'
import { powerLoss } from './power-loss.ts'
import { recover } from './recover.ts'
import { state } from './state.ts'
import { timeline } from './timeline.ts'
import { verify } from './verify.ts'

export const commands: ReadonlyArray<SourceCommand | PlainCommand> = [
  verify,
  timeline,
  explain,
  state,
  diff,
  recover,
  powerLoss,
  exportSlice,
  importCheck,
]
