/**
 * The scenarios whose every boundary is a crash point: what clients do, and with which
 * programs.
 */
import type { Container } from '../../domain/container/state.ts'
import { exits, forever, type Program } from '../host/program.ts'
import type { Script } from './client.ts'
import * as c from './sample-commands.ts'
import type { Template } from './scenario.ts'

const c1 = c.containerNumber(1)
const c2 = c.containerNumber(2)
const deaf: Program = { deaf: true }

const template = (
  name: string,
  programs: ReadonlyArray<Program>,
  ...scripts: ReadonlyArray<Script>
): Template => ({ name, programs: { [c1]: programs, [c2]: programs }, scripts })

const started: Script = async (client) => {
  await client.call(c.create(c1))
  await client.call(c.start(c1))
}

/** Polling may miss a short phase: any later one will do. */
const isMade = (one: Container | undefined): boolean =>
  one !== undefined && one.phase._tag !== 'Creating'

const onFailure2 = { Name: 'on-failure', MaximumRetryCount: 2 } as const
const always = { Name: 'always', MaximumRetryCount: 0 } as const
const unlessStopped = { Name: 'unless-stopped', MaximumRetryCount: 0 } as const

const lifecycle: ReadonlyArray<Template> = [
  template('create', [forever], async (client) => {
    await client.call(c.create(c1))
  }),
  template('create, start, exit 0', [exits(0, 200)], async (client) => {
    await started(client)
    await client.until('it exited', (w) => w.container(c1)?.phase._tag === 'Exited')
  }),
  template('create, start, stop', [forever], async (client) => {
    await started(client)
    await client.call(c.stop(c1))
  }),
  template('stop of a deaf container', [deaf], async (client) => {
    await started(client)
    await client.call(c.stop(c1, 1_000))
  }),
  template('stop without an end, then kill', [deaf], started, async (client) => {
    await client.until('it runs', (w) => (w.container(c1)?.attempt ?? 0) > 0)
    const stopped = client.call(c.stop(c1, -1))
    await client.sleep(500)
    await client.call(c.kill(c1))
    await stopped
  }),
  template('kill', [forever], async (client) => {
    await started(client)
    await client.call(c.kill(c1, 10))
    await client.call(c.kill(c1))
  }),
  template('remove by force while it runs', [forever], async (client) => {
    await started(client)
    await client.call(c.remove(c1, true))
  }),
  template('run --rm', [exits(3, 100)], async (client) => {
    await client.call(c.create(c1, { autoRemove: true }))
    await client.call(c.start(c1))
    await client.until('it is gone', (w) => w.container(c1) === undefined)
  }),
  template('create, remove, create with the same name', [forever], async (client) => {
    await client.call(c.create(c1, { name: 'web' }))
    await client.call(c.remove(c1))
    await client.call(c.create(c2, { name: 'web' }))
  }),
  template('rename', [forever], async (client) => {
    await client.call(c.create(c1))
    await client.call(c.rename(c1, 'other'))
    await client.call(c.create(c2, { name: 'other' }))
  }),
  template('restart', [forever], async (client) => {
    await started(client)
    await client.call(c.restart(c1, 1_000))
  }),
]

const runTime: ReadonlyArray<Template> = [
  template('pause, unpause, remove by force', [forever], async (client) => {
    await started(client)
    await client.call(c.pause(c1))
    await client.call(c.unpause(c1))
    await client.call(c.remove(c1, true))
  }),
  template('pause, remove by force', [forever], async (client) => {
    await started(client)
    await client.call(c.pause(c1))
    await client.call(c.remove(c1, true))
  }),
  template('exec attached', [forever], async (client) => {
    await started(client)
    await client.call(c.exec(c1, { args: ['exit', '7', '60'] }))
    await client.call(c.exec(c1, { exec: 'e2', args: ['fail'] }))
  }),
  template('exec detached', [forever], async (client) => {
    await started(client)
    await client.call(c.exec(c1, { args: ['exit', '0', '300'], detached: true }))
    await client.call(c.exec(c1, { exec: 'e2', args: ['forever'], detached: true }))
    await client.sleep(400)
    await client.call(c.rename(c1, 'other'))
    await client.sleep(400)
    await client.call(c.stop(c1))
  }),
  template('exec in a container that exits', [exits(4, 150)], async (client) => {
    await started(client)
    await client.call(c.exec(c1, { args: ['forever'] }))
  }),
]

const policies: ReadonlyArray<Template> = [
  template('restart policy on-failure:2', [exits(1, 50)], async (client) => {
    await client.call(c.create(c1, { restart: onFailure2 }))
    await client.call(c.start(c1))
    await client.until('it gave up', (w) => (w.container(c1)?.attempt ?? 0) >= 3)
  }),
  template('restart policy always, stopped in back-off', [exits(0, 50)], async (client) => {
    await client.call(c.create(c1, { restart: always }))
    await client.call(c.start(c1))
    await client.until('it was restarted', (w) => (w.container(c1)?.restartCount ?? 0) >= 2)
    await client.call(c.remove(c1, true))
  }),
  template('stop, then a daemon restart, with unless-stopped', [forever], async (client) => {
    await client.call(c.create(c1, { restart: unlessStopped }))
    await client.call(c.start(c1))
    await client.call(c.stop(c1))
  }),
  template('host reboot while two run', [forever], async (client) => {
    await client.call(c.create(c1, { restart: always }))
    await client.call(c.create(c2))
    await client.call(c.start(c1))
    await client.call(c.start(c2))
    client.rebootHost()
    await client.until('it runs again', (w) => {
      const one = w.container(c1)
      return one?.phase._tag === 'Running' && one.attempt > 1
    })
  }),
]

const failures: ReadonlyArray<Template> = [
  template('start fails', [{ startFails: 'executable file not found in $PATH' }], started),
  template('launch fails', [{ launchFails: 'exec /nope: no such file or directory' }], started),
  template('start fails, with --rm', [{ startFails: 'permission denied' }], async (client) => {
    await client.call(c.create(c1, { autoRemove: true }))
    await client.call(c.start(c1))
  }),
  template(
    'its monitor is killed',
    [{ ...exits(5, 600), losesMonitorAfterMs: 50 }],
    async (client) => {
      await started(client)
      await client.until('it exited', (w) => w.container(c1)?.phase._tag === 'Exited')
    },
  ),
  template('load, create, remove image', [forever], async (client) => {
    await client.call(c.load(c.sampleImage(2)))
    await client.call(c.create(c1, { image: 2 }))
    await client.call(c.removeImage(2))
    await client.call(c.remove(c1))
    await client.call(c.removeImage(2))
  }),
  template('load fails', [forever], async (client) => {
    await client.call(c.load(c.sampleImage(2, 'broken')))
    await client.call(c.load(c.sampleImage(2)))
  }),
]

const races: ReadonlyArray<Template> = [
  template('start and stop by two clients', [forever], started, async (client) => {
    await client.until('it is there', (w) => isMade(w.container(c1)))
    await client.call(c.stop(c1, 500))
    await client.call(c.start(c1))
    await client.call(c.stop(c1, 500))
  }),
  template('start and remove by two clients', [exits(0, 20)], started, async (client) => {
    await client.until('it is there', (w) => w.container(c1) !== undefined)
    await client.call(c.remove(c1, true))
  }),
  template('two starts, two stops', [deaf], started, async (client) => {
    await client.until('it is there', (w) => isMade(w.container(c1)))
    await client.call(c.start(c1))
    await Promise.all([client.call(c.stop(c1, 2_000)), client.call(c.stop(c1, 300))])
  }),
]

export const templates: ReadonlyArray<Template> = [
  ...lifecycle,
  ...runTime,
  ...policies,
  ...failures,
  ...races,
]
