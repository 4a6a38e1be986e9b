/**
 * What each request does in each state, written down from spec 20 (CLI-STATE-11) and spec 96 (C.4)
 * and from nothing else: a second opinion on the rules, not a copy of them.
 */
import type { Command } from '../../domain/command.ts'
import type { Container } from '../../domain/container/state.ts'

/** `acts`: an intent or a fact follows. `joins`: it waits for an open one. `nothing`: done. */
export type Verdict = 'acts' | 'joins' | 'nothing' | 'refused'

/** States as a user could tell them apart. */
export type Situation =
  | 'creating'
  | 'inited'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'pausing'
  | 'paused'
  | 'unpausing'
  | 'exited'
  | 'restarting'
  | 'removing'

export const situationOf = ({ phase }: Container): Situation => {
  if (phase._tag === 'Creating') return 'creating'
  if (phase._tag === 'Created') return 'inited'
  if (phase._tag === 'Starting') return 'starting'
  if (phase._tag === 'Removing') return 'removing'
  if (phase._tag === 'Exited') return phase.restart === null ? 'exited' : 'restarting'
  if (phase.freezer._tag === 'Freezing') return 'pausing'
  if (phase.freezer._tag === 'Frozen') return 'paused'
  if (phase.freezer._tag === 'Thawing') return 'unpausing'
  return phase.stop === null ? 'running' : 'stopping'
}

export type Asked =
  | 'start'
  | 'stop'
  | 'restart'
  | 'kill -9'
  | 'kill -USR1'
  | 'pause'
  | 'unpause'
  | 'rm'
  | 'rm -f'
  | 'rename'
  | 'update'
  | 'exec'
  | 'cp'

export const askedOf = (command: Command): Asked | undefined => {
  switch (command._tag) {
    case 'StartContainer':
      return 'start'
    case 'StopContainer':
      return 'stop'
    case 'RestartContainer':
      return 'restart'
    case 'KillContainer':
      return command.signal === 9 ? 'kill -9' : 'kill -USR1'
    case 'PauseContainer':
      return 'pause'
    case 'UnpauseContainer':
      return 'unpause'
    case 'RemoveContainer':
      return command.force ? 'rm -f' : 'rm'
    case 'RenameContainer':
      return 'rename'
    case 'UpdateContainer':
      return 'update'
    case 'ExecInContainer':
      return 'exec'
    case 'CopyFiles':
      return 'cp'
    default:
      return undefined
  }
}

/** Short forms: a acts, j joins, n nothing, x refused; two letters where either may be right. */
type Cell = 'a' | 'j' | 'n' | 'x' | 'aj' | 'an' | 'ax' | 'jx'

type Row = readonly [
  creating: Cell,
  inited: Cell,
  starting: Cell,
  running: Cell,
  stopping: Cell,
  pausing: Cell,
  paused: Cell,
  unpausing: Cell,
  exited: Cell,
  restarting: Cell,
  removing: Cell,
]

const columns: ReadonlyArray<Situation> = [
  'creating',
  'inited',
  'starting',
  'running',
  'stopping',
  'pausing',
  'paused',
  'unpausing',
  'exited',
  'restarting',
  'removing',
]

/**
 * While a freeze or a thaw is under way the container counts as paused (CLI-STATE-06). A stop that
 * would come later than the open one joins it. An exec id that is in use joins its exec. A name of
 * a container, one's own as well, is refused. A second update is refused while one is open. A copy
 * id that is in use joins its copy.
 */
const table: Readonly<Record<Asked, Row>> = {
  start: ['x', 'a', 'j', 'n', 'n', 'x', 'x', 'x', 'a', 'n', 'x'],
  stop: ['n', 'n', 'aj', 'a', 'aj', 'x', 'x', 'x', 'n', 'a', 'j'],
  restart: ['x', 'a', 'a', 'a', 'a', 'x', 'x', 'x', 'a', 'a', 'x'],
  'kill -9': ['x', 'x', 'aj', 'a', 'aj', 'x', 'x', 'x', 'x', 'a', 'x'],
  'kill -USR1': ['x', 'x', 'x', 'a', 'a', 'x', 'x', 'x', 'x', 'a', 'x'],
  pause: ['x', 'x', 'x', 'a', 'x', 'j', 'x', 'x', 'x', 'x', 'x'],
  unpause: ['x', 'x', 'x', 'x', 'x', 'x', 'a', 'j', 'x', 'x', 'x'],
  rm: ['x', 'a', 'x', 'x', 'x', 'x', 'x', 'x', 'a', 'x', 'j'],
  'rm -f': ['x', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'j'],
  rename: ['x', 'ax', 'ax', 'ax', 'ax', 'ax', 'ax', 'ax', 'ax', 'ax', 'x'],
  update: ['x', 'a', 'ax', 'ax', 'ax', 'ax', 'ax', 'ax', 'a', 'a', 'x'],
  exec: ['x', 'x', 'x', 'aj', 'aj', 'x', 'x', 'x', 'x', 'x', 'x'],
  cp: ['x', 'aj', 'jx', 'aj', 'aj', 'jx', 'aj', 'jx', 'aj', 'aj', 'x'],
}

const meaning: Readonly<Record<string, Verdict>> = {
  a: 'acts',
  j: 'joins',
  n: 'nothing',
  x: 'refused',
}

/** All verdicts that the table allows there. */
export const allowed = (asked: Asked, situation: Situation): ReadonlyArray<Verdict> =>
  [...(table[asked][columns.indexOf(situation)] ?? '')].flatMap((letter) => meaning[letter] ?? [])

export const allAsked = Object.keys(table) as ReadonlyArray<Asked>
export const allSituations = columns
