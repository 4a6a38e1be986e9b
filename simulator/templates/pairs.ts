/** Two commands at the same container at the same time, from a state where both have a meaning. */
import type { Command } from '../../domain/command.ts'
import { exits, forever, type Program } from '../host/program.ts'
import type { Client, Script } from '../run/client.ts'
import * as c from '../run/sample-commands.ts'
import type { Template } from '../run/scenario.ts'

const c1 = c.containerNumber(1)
const c2 = c.containerNumber(2)

const prepare: Readonly<Record<From, (client: Client) => Promise<void>>> = {
  created: async (client) => {
    await client.call(c.create(c1, { name: 'web' }))
  },
  running: async (client) => {
    await client.call(c.create(c1, { name: 'web' }))
    await client.call(c.start(c1))
  },
  paused: async (client) => {
    await client.call(c.create(c1, { name: 'web' }))
    await client.call(c.start(c1))
    await client.call(c.pause(c1))
  },
  exited: async (client) => {
    await client.call(c.create(c1, { name: 'web' }))
    await client.call(c.start(c1))
    await client.call(c.stop(c1, 0))
  },
  nothing: async () => undefined,
}

type From = 'created' | 'running' | 'paused' | 'exited' | 'nothing'

interface Pair {
  readonly name: string
  readonly from: From
  readonly first: Command
  readonly second: Command
  readonly program?: Program
}

/** Whoever waits for a process in a paused container waits until it runs again. */
const thawLater: Script = async (client) => {
  for (const ms of [3_000, 15_000, 15_000]) {
    await client.sleep(ms)
    await client.call(c.unpause(c1))
  }
}

const templateOf = ({ name, from, first, second, program }: Pair): Template => ({
  name: `at once, ${from}: ${name}`,
  programs: { [c1]: [program ?? forever], [c2]: [forever] },
  scripts: [
    async (client) => {
      await prepare[from](client)
      await Promise.all([client.call(first), client.call(second), thawLater(client)])
    },
  ],
})

const exec = (name: string): Command => c.exec(c1, { exec: name, args: ['exit', '3', '40'] })
const sameName = (id: typeof c1): Command => c.create(id, { name: 'web' })

const update: Command = c.update(c1, { CPUShares: 256, PidsLimit: 50 })

const pairs: ReadonlyArray<Pair> = [
  { name: 'start, start', from: 'created', first: c.start(c1), second: c.start(c1) },
  { name: 'start, rm', from: 'created', first: c.start(c1), second: c.remove(c1) },
  { name: 'start, rm -f', from: 'created', first: c.start(c1), second: c.remove(c1, true) },
  { name: 'start, rename', from: 'created', first: c.start(c1), second: c.rename(c1, 'db') },
  { name: 'start, kill', from: 'created', first: c.start(c1), second: c.kill(c1) },
  { name: 'start, exec', from: 'created', first: c.start(c1), second: exec('e1') },
  { name: 'start, stop', from: 'exited', first: c.start(c1), second: c.stop(c1, 100) },
  { name: 'start, update', from: 'created', first: c.start(c1), second: update },
  { name: 'stop, update', from: 'running', first: c.stop(c1, 100), second: update },
  { name: 'restart, update', from: 'running', first: c.restart(c1, 100), second: update },
  { name: 'pause, update', from: 'running', first: c.pause(c1), second: update },
  { name: 'update, update', from: 'running', first: update, second: c.update(c1, { Memory: 5e6 }) },
  { name: 'update, rm -f', from: 'paused', first: update, second: c.remove(c1, true) },
  {
    name: 'update, its exit',
    from: 'created',
    first: c.start(c1),
    second: update,
    program: exits(3, 8),
  },
  { name: 'rm, rm', from: 'exited', first: c.remove(c1), second: c.remove(c1) },
  { name: 'rm, create of its name', from: 'exited', first: c.remove(c1), second: sameName(c2) },
  {
    name: 'create, create of one name',
    from: 'nothing',
    first: sameName(c1),
    second: sameName(c2),
  },
  { name: 'create, create of one id', from: 'nothing', first: sameName(c1), second: sameName(c1) },
  {
    name: 'create, rm of its image',
    from: 'nothing',
    first: sameName(c1),
    second: c.removeImage(1),
  },
  { name: 'stop, kill', from: 'running', first: c.stop(c1, 500), second: c.kill(c1) },
  { name: 'stop, restart', from: 'running', first: c.stop(c1, 100), second: c.restart(c1, 100) },
  {
    name: 'restart, restart',
    from: 'running',
    first: c.restart(c1, 50),
    second: c.restart(c1, 50),
  },
  { name: 'restart, rm -f', from: 'running', first: c.restart(c1, 50), second: c.remove(c1, true) },
  { name: 'stop, rm -f', from: 'running', first: c.stop(c1, 900), second: c.remove(c1, true) },
  { name: 'pause, stop', from: 'running', first: c.pause(c1), second: c.stop(c1, 200) },
  { name: 'pause, kill', from: 'running', first: c.pause(c1), second: c.kill(c1) },
  { name: 'pause, exec', from: 'running', first: c.pause(c1), second: exec('e1') },
  { name: 'pause, pause', from: 'running', first: c.pause(c1), second: c.pause(c1) },
  { name: 'exec, exec', from: 'running', first: exec('e1'), second: exec('e2') },
  { name: 'exec, pause', from: 'running', first: exec('e1'), second: c.pause(c1) },
  { name: 'exec, stop', from: 'running', first: exec('e1'), second: c.stop(c1, 0) },
  { name: 'exec, rm -f', from: 'running', first: exec('e1'), second: c.remove(c1, true) },
  { name: 'signal, stop', from: 'running', first: c.kill(c1, 10), second: c.stop(c1, 50) },
  { name: 'signal, signal', from: 'running', first: c.kill(c1, 10), second: c.kill(c1, 12) },
  {
    name: 'stop, its own exit',
    from: 'running',
    first: c.stop(c1, 300),
    second: c.kill(c1, 10),
    program: exits(4, 25),
  },
  {
    name: 'exec, its own exit',
    from: 'running',
    first: exec('e1'),
    second: c.rename(c1, 'db'),
    program: exits(4, 25),
  },
  { name: 'unpause, unpause', from: 'paused', first: c.unpause(c1), second: c.unpause(c1) },
  { name: 'unpause, rm -f', from: 'paused', first: c.unpause(c1), second: c.remove(c1, true) },
]

export const pairTemplates: ReadonlyArray<Template> = pairs.map(templateOf)
