/** Longer lives of one or two containers and their images. */
import { exits, forever, type Program } from '../host/program.ts'
import type { Script } from '../run/client.ts'
import * as c from '../run/sample-commands.ts'
import type { Template } from '../run/scenario.ts'

const c1 = c.containerNumber(1)
const c2 = c.containerNumber(2)

const life = (
  name: string,
  programs: ReadonlyArray<Program>,
  ...scripts: ReadonlyArray<Script>
): Template => ({ name, programs: { [c1]: programs, [c2]: programs }, scripts })

const hasExited =
  (attempt: number) =>
  (w: Parameters<Parameters<Parameters<Script>[0]['until']>[1]>[0]): boolean => {
    const one = w.container(c1)
    return one?.phase._tag === 'Exited' && one.attempt >= attempt
  }

export const lifeTemplates: ReadonlyArray<Template> = [
  life(
    'three lives of one container',
    [exits(0, 40), exits(1, 40), exits(2, 40)],
    async (client) => {
      await client.call(c.create(c1))
      for (const attempt of [1, 2, 3]) {
        await client.call(c.start(c1))
        await client.until(`life ${attempt} is over`, hasExited(attempt))
      }
    },
  ),
  life('start with a deadline that expires', [{ deaf: true }], async (client) => {
    await client.call(c.create(c1))
    await client.call(c.start(c1, 3))
    await client.call(c.start(c1, 60_000))
  }),
  life('a policy overtakes a failed start', [{ startFails: 'no such file' }], async (client) => {
    const restart = { Name: 'on-failure', MaximumRetryCount: 1 } as const
    await client.call(c.create(c1, { restart }))
    await client.call(c.start(c1))
  }),
  life(
    'on-failure:1 after an exit, then a good run',
    [exits(1, 20), exits(0, 20)],
    async (client) => {
      const restart = { Name: 'on-failure', MaximumRetryCount: 1 } as const
      await client.call(c.create(c1, { restart }))
      await client.call(c.start(c1))
      await client.until('the second life is over', hasExited(2))
    },
  ),
  life(
    "shares another's namespaces: before it runs, with it, after its restart",
    [forever, forever, forever],
    async (client) => {
      await client.call(c.create(c1))
      await client.call(c.create(c2, { joins: c1 }))
      await client.call(c.start(c2))
      await client.call(c.start(c1))
      await client.call(c.start(c2))
      await client.call(c.restart(c1, 0))
      await client.call(c.restart(c2, 0))
    },
  ),
  life('removed in the back-off', [exits(1, 20)], async (client) => {
    await client.call(c.create(c1, { restart: { Name: 'always', MaximumRetryCount: 0 } }))
    await client.call(c.start(c1))
    await client.until('it backs off', (w) => {
      const phase = w.container(c1)?.phase
      return phase?._tag === 'Exited' && phase.restart !== null
    })
    await client.call(c.remove(c1, true))
  }),
  life('stopped in the back-off', [exits(1, 20)], async (client) => {
    await client.call(c.create(c1, { restart: { Name: 'always', MaximumRetryCount: 0 } }))
    await client.call(c.start(c1))
    await client.until('it backs off', (w) => {
      const phase = w.container(c1)?.phase
      return phase?._tag === 'Exited' && phase.restart !== null
    })
    await client.call(c.stop(c1))
    await client.call(c.start(c1))
    await client.call(c.remove(c1, true))
  }),
  life('reboot while it is created', [forever], async (client) => {
    const created = client.call(c.create(c1))
    await client.until('it is there', (w) => w.container(c1) !== undefined)
    await client.sleep(3)
    client.rebootHost()
    await created
  }),
  life('reboot while it starts', [forever], async (client) => {
    await client.call(c.create(c1))
    const started = client.call(c.start(c1))
    await client.sleep(6)
    client.rebootHost()
    await started
  }),
  life('reboot while it is removed', [forever], async (client) => {
    await client.call(c.create(c1))
    await client.call(c.start(c1))
    const removed = client.call(c.remove(c1, true))
    await client.sleep(6)
    client.rebootHost()
    await removed
  }),
  life('reboot while it is paused, with --rm', [forever], async (client) => {
    await client.call(c.create(c1, { autoRemove: true }))
    await client.call(c.start(c1))
    await client.call(c.pause(c1))
    client.rebootHost()
    await client.until('it is gone', (w) => w.container(c1) === undefined)
  }),
  life('updated in every state', [exits(1, 60), forever], async (client) => {
    const policy = { Name: 'on-failure', MaximumRetryCount: 3 } as const
    await client.call(c.create(c1))
    await client.call(c.update(c1, { CPUShares: 512 }))
    await client.call(c.start(c1))
    await client.call(c.update(c1, { CPUShares: 256, PidsLimit: 9 }, policy))
    // A policy that came after the end has nothing to restart.
    await client.until('the second life runs, or none will', (w) => {
      const one = w.container(c1)
      if (one?.phase._tag === 'Exited') return one.phase.restart === null
      return one?.phase._tag === 'Running' && one.attempt === 2
    })
    await client.call(c.update(c1, { Memory: 4_194_304 }))
    await client.call(c.remove(c1, true))
  }),
  life('reboot while it is updated', [forever], async (client) => {
    await client.call(c.create(c1))
    await client.call(c.start(c1))
    const updated = client.call(c.update(c1, { CPUShares: 256 }))
    await client.sleep(2)
    client.rebootHost()
    await updated
  }),
  life('an exec across a lost monitor', [{ losesMonitorAfterMs: 30 }], async (client) => {
    await client.call(c.create(c1))
    await client.call(c.start(c1))
    await client.call(c.exec(c1, { args: ['exit', '0', '60'] }))
    await client.call(c.stop(c1, 100))
  }),
  life('committed while it runs, and when it is over', [exits(0, 60)], async (client) => {
    await client.call(c.create(c1))
    await client.call(c.start(c1))
    await client.call(c.copy(c1, 'slow-1', 'commit'))
    await client.call(c.load(c.sampleImage(2)))
    await client.call(c.copy(c1, 'k2', 'commit'))
    await client.call(c.remove(c1, true))
    await client.call(c.create(c2, { image: 2 }))
  }),
  life('two images that share a layer come and go', [forever], async (client) => {
    await client.call(c.load(c.sampleImage(2)))
    await client.call(c.create(c1, { image: 2 }))
    await client.call(c.removeImage(1))
    await client.call(c.remove(c1))
    await client.call(c.removeImage(2))
    await client.call(c.load(c.sampleImage(1)))
  }),
]
