/** Lives in which files are copied: in every state, and at once with what ends or changes it. */
import type { Command } from '../../domain/command.ts'
import { exits, forever, type Program } from '../host/program.ts'
import type { Client, Script } from '../run/client.ts'
import * as c from '../run/sample-commands.ts'
import type { Template } from '../run/scenario.ts'

const c1 = c.containerNumber(1)

const life = (name: string, program: Program, script: Script): Template => ({
  name: `copies: ${name}`,
  programs: { [c1]: [program, forever] },
  scripts: [script],
})

const ready: Readonly<Record<string, ReadonlyArray<Command>>> = {
  created: [c.create(c1)],
  running: [c.create(c1), c.start(c1)],
  paused: [c.create(c1), c.start(c1), c.pause(c1)],
  stopped: [c.create(c1), c.start(c1), c.stop(c1, 0)],
}

const inTurn = async (client: Client, commands: ReadonlyArray<Command>): Promise<void> => {
  for (const command of commands) await client.call(command)
}

/** `slow` in the name: it takes its time. */
const slowOut = c.copy(c1, 'slow-out')
const slowIn = c.copy(c1, 'slow-in', 'in')

const inState = Object.entries(ready).map(([state, commands]) =>
  life(`out, in and export, ${state}`, forever, async (client) => {
    await inTurn(client, commands)
    await inTurn(client, [c.copy(c1, 'out'), c.copy(c1, 'in', 'in'), c.copy(c1, 'all', 'export')])
    await client.call(c.remove(c1, true))
  }),
)

interface Meeting {
  readonly name: string
  readonly from: keyof typeof ready
  readonly copy: Command
  readonly other: Command
  readonly program?: Program
}

const exec = c.exec(c1, { exec: 'e1', args: ['exit', '3', '40'] })

const meetings: ReadonlyArray<Meeting> = [
  { name: 'start', from: 'created', copy: slowIn, other: c.start(c1) },
  { name: 'rm', from: 'created', copy: slowOut, other: c.remove(c1) },
  { name: 'stop', from: 'running', copy: slowOut, other: c.stop(c1, 300) },
  { name: 'kill', from: 'running', copy: slowOut, other: c.kill(c1, 9) },
  { name: 'restart', from: 'running', copy: slowIn, other: c.restart(c1, 300) },
  { name: 'pause', from: 'running', copy: slowOut, other: c.pause(c1) },
  { name: 'exec', from: 'running', copy: slowOut, other: exec },
  { name: 'rm -f', from: 'running', copy: slowIn, other: c.remove(c1, true) },
  { name: 'unpause', from: 'paused', copy: slowOut, other: c.unpause(c1) },
  { name: 'rm -f', from: 'paused', copy: slowOut, other: c.remove(c1, true) },
  { name: 'start', from: 'stopped', copy: slowOut, other: c.start(c1) },
  { name: 'rm', from: 'stopped', copy: slowIn, other: c.remove(c1) },
  { name: 'another', from: 'running', copy: slowOut, other: slowIn },
  { name: 'another', from: 'created', copy: slowOut, other: slowIn },
  { name: 'its exit', from: 'created', copy: slowOut, other: c.start(c1), program: exits(3, 8) },
]

/** Whoever waits for a process in a paused container waits until it runs again. */
const thawLater: Script = async (client) => {
  await client.sleep(8_000)
  await client.call(c.unpause(c1))
}

const meeting = ({ name, from, copy, other, program = forever }: Meeting): Template =>
  life(`one and ${name}, ${from}`, program, async (client) => {
    await inTurn(client, ready[from] ?? [])
    const copied = client.call(copy)
    await client.sleep(4)
    await Promise.all([copied, client.call(other), thawLater(client)])
  })

const reboots = (['created', 'running'] as const).map((from) =>
  life(`a reboot in the middle of one, ${from}`, forever, async (client) => {
    await inTurn(client, ready[from] ?? [])
    const copied = client.call(slowOut)
    await client.sleep(50)
    client.rebootHost()
    await copied
  }),
)

export const copyTemplates: ReadonlyArray<Template> = [
  ...inState,
  ...meetings.map(meeting),
  ...reboots,
]
