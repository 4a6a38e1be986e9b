/** The legality tables, command by command and state by state. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import { isContainerEvent } from '../../event.ts'
import { execId } from '../../identity.ts'
import type { ContainerCommand } from '../commands.ts'
import {
  containerIn,
  contextAt,
  execRequestedEvent,
  sampleId,
  viewOf,
  type SampleState,
} from '../container-fixture.ts'
import { evolveContainer } from '../evolve.ts'
import { isLegal } from '../legality.ts'
import { decideContainer } from './decide-container.ts'

const test = suite('decide container')

const id = sampleId
const stop = { _tag: 'StopContainer', id, signal: 15, graceMs: 10_000 } as const
const kill = { _tag: 'KillContainer', id, signal: 9 } as const
const start = { _tag: 'StartContainer', id, timeoutMs: null } as const
const restart = {
  _tag: 'RestartContainer',
  id,
  signal: 15,
  graceMs: 10_000,
  timeoutMs: null,
} as const
const remove = { _tag: 'RemoveContainer', id, force: false, volumes: false } as const
const removeByForce = { _tag: 'RemoveContainer', id, force: true, volumes: false } as const
const pause = { _tag: 'PauseContainer', id } as const
const unpause = { _tag: 'UnpauseContainer', id } as const
const update = {
  _tag: 'UpdateContainer',
  id,
  change: { limits: { PidsLimit: 9 }, restart: null },
} as const
const rename = { _tag: 'RenameContainer', id, name: 'other' } as const
const exec = {
  _tag: 'ExecInContainer',
  id,
  exec: execId('e1'),
  detached: false,
  process: { args: ['ls'], env: [], user: '', workingDir: '/', terminal: false, openStdin: false },
} as const

/** A refusal's tag, `joins`, `nothing`, or the tags of the events. */
const verdict = (state: SampleState, command: ContainerCommand): string => {
  const decision = decideContainer(viewOf(containerIn(state)), command, contextAt(4_000))
  if (E.isLeft(decision)) return decision.left._tag
  const { events, reply } = decision.right
  if (events.length > 0) return events.map((e) => e._tag).join(' ')
  return reply === 'now' ? 'nothing' : 'joins'
}

type Row = Readonly<Record<Exclude<SampleState, 'creating'>, string>>

const wrong = 'WrongState'
const starts = 'ContainerStartRequested'
const stops = 'ContainerStopRequested'
const removes = 'ContainerRemoveRequested'
const cancels = 'ContainerRestartCancelled'
const busy = 'RemovalInProgress'
const updates = 'ContainerUpdateRequested ContainerUpdated'

const table: ReadonlyArray<readonly [string, ContainerCommand, Row]> = [
  [
    'start',
    start,
    {
      inited: starts,
      starting: 'joins',
      running: 'nothing',
      paused: wrong,
      restarting: 'nothing',
      exited: starts,
      removing: busy,
    },
  ],
  [
    'stop',
    stop,
    {
      inited: 'nothing',
      starting: stops,
      running: stops,
      paused: wrong,
      restarting: cancels,
      exited: 'nothing',
      removing: 'joins',
    },
  ],
  [
    'kill',
    kill,
    {
      inited: wrong,
      starting: stops,
      running: stops,
      paused: wrong,
      restarting: cancels,
      exited: wrong,
      removing: busy,
    },
  ],
  [
    'restart',
    restart,
    {
      inited: starts,
      starting: stops,
      running: stops,
      paused: wrong,
      restarting: starts,
      exited: starts,
      removing: busy,
    },
  ],
  [
    'rm',
    remove,
    {
      inited: removes,
      starting: wrong,
      running: wrong,
      paused: wrong,
      restarting: wrong,
      exited: removes,
      removing: 'joins',
    },
  ],
  [
    'rm -f',
    removeByForce,
    {
      inited: removes,
      starting: removes,
      running: removes,
      paused: removes,
      restarting: removes,
      exited: removes,
      removing: 'joins',
    },
  ],
  [
    'exec',
    exec,
    {
      inited: wrong,
      starting: wrong,
      running: 'ContainerExecRequested',
      paused: wrong,
      restarting: wrong,
      exited: wrong,
      removing: busy,
    },
  ],
  [
    'pause',
    pause,
    {
      inited: wrong,
      starting: wrong,
      running: 'ContainerPauseRequested',
      paused: wrong,
      restarting: wrong,
      exited: wrong,
      removing: wrong,
    },
  ],
  [
    'unpause',
    unpause,
    {
      inited: wrong,
      starting: wrong,
      running: wrong,
      paused: 'ContainerUnpauseRequested',
      restarting: wrong,
      exited: wrong,
      removing: wrong,
    },
  ],
  [
    'rename',
    rename,
    {
      inited: 'ContainerRenamed',
      starting: 'ContainerRenamed',
      running: 'ContainerRenamed',
      paused: 'ContainerRenamed',
      restarting: 'ContainerRenamed',
      exited: 'ContainerRenamed',
      removing: busy,
    },
  ],
  [
    'update',
    update,
    {
      inited: updates,
      starting: 'ContainerUpdateRequested',
      running: 'ContainerUpdateRequested',
      paused: 'ContainerUpdateRequested',
      restarting: updates,
      exited: updates,
      removing: busy,
    },
  ],
]

for (const [name, command, row] of table)
  test(`CLI-STATE-11 ${name} is decided by the state`, () => {
    const states = Object.keys(row) as ReadonlyArray<keyof Row>
    const seen = Object.fromEntries(states.map((state) => [state, verdict(state, command)]))
    assert.deepEqual(seen, row)
  })

test('D2 whatever a client command decides in any state is legal there', () => {
  const states: ReadonlyArray<SampleState> = [
    'creating',
    ...(Object.keys(table[0]?.[2] ?? {}) as ReadonlyArray<SampleState>),
  ]
  for (const state of states)
    for (const [name, command] of table) {
      const before = containerIn(state)
      const decision = decideContainer(viewOf(before), command, contextAt(4_000))
      if (E.isLeft(decision)) continue
      let c = before
      for (const event of decision.right.events) {
        assert.ok(isContainerEvent(event))
        assert.ok(isLegal(c, event), `${name} in ${state}: ${event._tag}`)
        c = evolveContainer(c, event, contextAt(4_000).now)
      }
    }
})

test('D3 a repeated stop with no shorter grace joins the open one', () => {
  const stopping = containerIn('running', {}, [
    {
      _tag: 'ContainerStopRequested',
      v: 1,
      id,
      operation: contextAt(0).operation,
      signal: 15,
      graceEnd: { boot: contextAt(0).now.boot, monoMs: 13_000 },
      restart: false,
    },
  ])
  const decide = (graceMs: number) =>
    decideContainer(viewOf(stopping), { ...stop, graceMs }, contextAt(4_000))
  const later = decide(10_000)
  const sooner = decide(1_000)
  assert.ok(E.isRight(later) && E.isRight(sooner))
  assert.deepEqual([later.right.events.length, sooner.right.events.length], [0, 1])
})

test('D3 a second exec with the same id joins the first', () => {
  const busyContainer = containerIn('running', {}, [execRequestedEvent('e1')])
  const decision = decideContainer(viewOf(busyContainer), exec, contextAt(4_000))
  assert.ok(E.isRight(decision))
  assert.deepEqual(decision.right.events, [])
  assert.deepEqual(decision.right.reply, { whenResolved: 'exec-e1' })
})

test('a command to a container that is not there names it', () => {
  for (const [, command] of table) {
    const decision = decideContainer(viewOf(undefined), command, contextAt(1))
    assert.deepEqual(decision, E.left({ _tag: 'NoSuchContainer', id }))
  }
})

test.run()
