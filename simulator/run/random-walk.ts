/** A random scenario: several clients, several containers, every command, drawn from one seed. */
import type { Command } from '../../domain/command.ts'
import type { RestartPolicy } from '../../domain/container/config.ts'
import type { ContainerId } from '../../domain/identity.ts'
import { exits, forever, type Program } from '../host/program.ts'
import { Prng } from '../schedule/prng.ts'
import type { Client, Script } from './client.ts'
import * as c from './sample-commands.ts'
import type { Template } from './scenario.ts'

const clients = 3
const commandsEach = 9
/** Commands mostly go to the newest containers, so that they meet. */
const newest = 3
/** One command in so many is a reboot of the host instead. */
const oneInReboots = 60

const programs: readonly [Program, ...Program[]] = [
  forever,
  { deaf: true },
  exits(0, 30),
  exits(7, 400),
  exits(1, 5_000),
  { losesMonitorAfterMs: 300, ends: { afterMs: 3_000, code: 5 } },
  { startFails: 'executable file not found in $PATH' },
  { launchFails: 'permission denied' },
]

const calm: readonly [RestartPolicy, ...RestartPolicy[]] = [
  { Name: 'no', MaximumRetryCount: 0 },
  { Name: 'on-failure', MaximumRetryCount: 2 },
  { Name: 'on-reboot', MaximumRetryCount: 0 },
]

const any: typeof calm = [
  ...calm,
  { Name: 'always', MaximumRetryCount: 0 },
  { Name: 'unless-stopped', MaximumRetryCount: 0 },
  { Name: 'on-failure', MaximumRetryCount: 0 },
]

/** Ids are never used twice; all clients know all of them. */
interface Made {
  count: number
  execs: number
  copies: number
  /** Names of anonymous volumes. */
  minted: number
  /** Clients that are not done. */
  walking: number
}

interface Walk {
  readonly prng: Prng
  readonly policies: typeof calm
  readonly made: Made
}

const createAny = ({ prng, policies, made }: Walk): Command => {
  const sources = prng.oneIn(5) && made.count > 0 ? [c.containerNumber(made.count)] : []
  return c.create(c.containerNumber((made.count += 1)), {
    name: prng.pick(['', 'web', 'db', 'job']),
    image: prng.pick([1, 1, 2]),
    restart: prng.pick(policies),
    autoRemove: prng.oneIn(5),
    volumes: c.drawVolumes(prng, () => (made.minted += 1)),
    from: sources,
  })
}

const execAny = ({ prng, made }: Walk, id: ContainerId): Command => {
  const detached = prng.oneIn(2)
  const args = prng.pick([['exit', '0', '20'], ['exit', '9', '700'], ['fail']])
  return c.exec(id, {
    exec: `e${(made.execs += 1)}`,
    detached,
    args: detached && prng.oneIn(2) ? ['forever'] : args,
  })
}

const copyAny = ({ prng, made }: Walk, id: ContainerId): Command => {
  const name = `${prng.pick(['slow', 'quick'])}-${(made.copies += 1)}`
  return c.copy(id, name, prng.pick(['in', 'out', 'export']))
}

const commands: readonly [
  (w: Walk, id: ContainerId) => Command,
  ...((w: Walk, id: ContainerId) => Command)[],
] = [
  createAny,
  createAny,
  createAny,
  (_, id) => c.start(id),
  (_, id) => c.start(id),
  ({ prng }, id) => c.start(id, prng.pick([null, 5, 2_000])),
  ({ prng }, id) => c.stop(id, prng.pick([0, 300, 2_000])),
  ({ prng }, id) => c.restart(id, prng.pick([0, 300])),
  ({ prng }, id) => c.kill(id, prng.pick([9, 9, 10, 15])),
  (_, id) => c.pause(id),
  (_, id) => c.unpause(id),
  ({ prng }, id) => c.remove(id, prng.oneIn(2), prng.oneIn(2)),
  ({ prng }) => c.createVolume(prng.pick([1, 2])),
  ({ prng }) => c.removeVolume(c.volumeNumber(prng.pick([1, 2]))),
  ({ prng }, id) => c.rename(id, prng.pick(['web', 'db', 'cache'])),
  ({ prng }, id) => c.update(id, { CPUShares: prng.pick([2, 512, 2_048]) }),
  ({ prng, policies }, id) => c.update(id, { PidsLimit: 100 }, prng.pick(policies)),
  execAny,
  execAny,
  copyAny,
  ({ prng }) => c.load(c.sampleImage(prng.pick([1, 2]), prng.pick(['layer', 'layer', 'broken']))),
  ({ prng }) => c.removeImage(prng.pick([1, 2]), prng.oneIn(3)),
]

const step = async (w: Walk, client: Client): Promise<void> => {
  await client.sleep(w.prng.pick([0, 1, 5, 50, 900]))
  if (w.prng.oneIn(oneInReboots)) return client.rebootHost()
  const id = c.containerNumber(Math.max(1, w.made.count - w.prng.below(newest)))
  await client.call(w.prng.pick(commands)(w, id))
}

const walk =
  (w: Walk): Script =>
  async (client) => {
    for (let n = 0; n < commandsEach; n += 1) await step(w, client)
    w.made.walking -= 1
  }

/** Whoever waits for a process in a paused container waits until somebody thaws it. */
const unpauseAll =
  (made: Made): Script =>
  async (client) => {
    while (made.walking > 0) {
      await client.sleep(8_000)
      let frozen: ReadonlyArray<ContainerId> = []
      await client.until('the daemon serves', (world) => {
        const all = [...world.containers.values()]
        frozen = all.flatMap(({ id, phase }) =>
          phase._tag === 'Running' && phase.freezer._tag === 'Frozen' ? [id] : [],
        )
        return true
      })
      for (const id of frozen) await client.call(c.unpause(id))
    }
  }

/** Each client draws from its own sequence; only the choice of ids depends on the others. */
export const randomWalk = (seed: number): Template => {
  const prng = new Prng(seed)
  const restless = prng.oneIn(3)
  const policies = restless ? any : calm
  const made = { count: 0, execs: 0, copies: 0, minted: 0, walking: clients }
  const ids = Array.from({ length: clients * commandsEach }, (_, i) => c.containerNumber(i + 1))
  const draw = (): ReadonlyArray<Program> => [prng.pick(programs), prng.pick(programs)]
  const scripts: ReadonlyArray<Script> = Array.from({ length: clients }, () =>
    walk({ prng: new Prng(prng.next()), policies, made }),
  )
  return {
    name: `random walk ${seed}`,
    programs: Object.fromEntries(ids.map((id) => [id, draw()])),
    scripts: [...scripts, unpauseAll(made)],
    restless,
  }
}
