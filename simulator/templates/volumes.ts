/** Volumes made by request and with containers, shared, filled, and gone with their last user. */
import { exits, forever } from '../host/program.ts'
import type { Script } from '../run/client.ts'
import * as c from '../run/sample-commands.ts'
import type { Template } from '../run/scenario.ts'

const c1 = c.containerNumber(1)
const c2 = c.containerNumber(2)

const life = (name: string, ...scripts: ReadonlyArray<Script>): Template => ({
  name,
  programs: { [c1]: [forever], [c2]: [exits(3, 40)] },
  scripts,
})

export const volumeTemplates: ReadonlyArray<Template> = [
  life('a volume made by request, twice, and removed', async (client) => {
    await client.call(c.createVolume(1))
    await client.call(c.createVolume(1))
    await client.call(c.removeVolume(c.volumeNumber(1)))
    await client.call(c.createVolume(1))
  }),
  life('a container with new volumes, run and removed with -v', async (client) => {
    await client.call(c.create(c1, { volumes: [c.named(1), c.anonymous(1), c.anonymous(2)] }))
    await client.call(c.start(c1))
    await client.call(c.removeVolume(c.volumeNumber(1)))
    await client.call(c.remove(c1, true, true))
    await client.call(c.removeVolume(c.volumeNumber(1)))
  }),
  life('rm without -v leaves what rm -v of another container takes', async (client) => {
    await client.call(c.create(c1, { volumes: [c.anonymous(1)] }))
    await client.call(c.create(c2, { volumes: [c.anonymous(2)], from: [c1] }))
    await client.call(c.start(c2))
    await client.call(c.remove(c1))
    await client.call(c.remove(c2, true, true))
  }),
  life('--rm takes its anonymous volumes along', async (client) => {
    const volumes = [c.named(1), c.anonymous(1)]
    await client.call(c.create(c2, { volumes, autoRemove: true }))
    await client.call(c.start(c2))
    await client.until('it is gone', (w) => w.container(c2) === undefined)
  }),
  life('a volume made by request is filled for its first user', async (client) => {
    await client.call(c.createVolume(1))
    await client.call(c.create(c1, { volumes: [c.named(1)] }))
    await client.call(c.remove(c1))
    await client.call(c.create(c2, { volumes: [c.named(1)] }))
    await client.call(c.start(c2))
  }),
  life('two containers ask for one new volume at once', async (client) => {
    await Promise.all([
      client.call(c.create(c1, { volumes: [c.named(1), c.anonymous(1)] })),
      client.call(c.create(c2, { volumes: [c.named(1, false)] })),
    ])
    await client.call(c.start(c1))
    await client.call(c.start(c2))
  }),
  life('its removal meets a container that wants it', async (client) => {
    await client.call(c.createVolume(1))
    await Promise.all([
      client.call(c.removeVolume(c.volumeNumber(1))),
      client.call(c.create(c1, { volumes: [c.named(1)] })),
    ])
    await client.call(c.create(c2, { volumes: [c.named(1)] }))
  }),
  life('its removal meets the removal of its last user', async (client) => {
    await client.call(c.create(c1, { volumes: [c.named(1), c.anonymous(1)] }))
    await client.call(c.start(c1))
    await Promise.all([
      client.call(c.remove(c1, true, true)),
      client.call(c.removeVolume(c.volumeNumber(1))),
      client.call(c.removeVolume(c.anonymous(1).volume)),
    ])
  }),
  life('reboot while a container and its volumes are made', async (client) => {
    const created = client.call(c.create(c1, { volumes: [c.named(1), c.anonymous(1)] }))
    await client.until('it is there', (w) => w.container(c1) !== undefined)
    await client.sleep(3)
    client.rebootHost()
    await created
    await client.call(c.start(c1))
    await client.call(c.remove(c1, true, true))
  }),
]
