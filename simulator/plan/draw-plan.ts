/** Draws a whole run from one seed: programs, commands in their time, weights of the faults. */
import type { Command } from '../../domain/command.ts'
import type { RestartPolicy } from '../../domain/container/config.ts'
import type { ContainerId } from '../../domain/identity.ts'
import { faultKinds, type FaultKind } from '../faults/fault-kinds.ts'
import { drawWeights } from '../faults/fault-source.ts'
import { exits, forever, type Program } from '../host/program.ts'
import * as c from '../run/sample-commands.ts'
import { Prng } from '../schedule/prng.ts'
import type { PlannedCommand, SimulationPlan } from './plan.ts'

export interface DrawOptions {
  readonly hours: number
  /** Kinds of faults that may happen; absent: all. */
  readonly kinds?: ReadonlyArray<FaultKind>
}

const clients = 4
const commandsPerHour = 72
const hourMs = 3_600_000
/** Commands mostly go to the newest containers, so that they meet. */
const newest = 3

const programs: readonly [Program, ...Program[]] = [
  forever,
  forever,
  { deaf: true },
  exits(0, 30),
  exits(7, 400),
  exits(1, 5_000),
  exits(3, 200_000),
  { losesMonitorAfterMs: 300, ends: { afterMs: 3_000, code: 5 } },
  { startFails: 'executable file not found in $PATH' },
  { launchFails: 'permission denied' },
]

const policies: readonly [RestartPolicy, ...RestartPolicy[]] = [
  { Name: 'no', MaximumRetryCount: 0 },
  { Name: 'no', MaximumRetryCount: 0 },
  { Name: 'on-failure', MaximumRetryCount: 2 },
  { Name: 'on-reboot', MaximumRetryCount: 0 },
  { Name: 'always', MaximumRetryCount: 0 },
  { Name: 'unless-stopped', MaximumRetryCount: 0 },
]

interface Draw {
  readonly chance: Prng
  containers: number
  execs: number
  /** Names of anonymous volumes. */
  minted: number
}

const createAny = (d: Draw): Command => {
  const sources = d.chance.oneIn(5) && d.containers > 0 ? [c.containerNumber(d.containers)] : []
  return c.create(c.containerNumber((d.containers += 1)), {
    name: d.chance.pick(['', '', 'web', 'db', 'job']),
    image: d.chance.pick([1, 1, 2]),
    restart: d.chance.pick(policies),
    autoRemove: d.chance.oneIn(6),
    volumes: c.drawVolumes(d.chance, () => (d.minted += 1)),
    from: sources,
  })
}

const execAny = (d: Draw, id: ContainerId): Command => {
  const args = d.chance.pick([['exit', '0', '20'], ['exit', '9', '700'], ['fail'], ['forever']])
  return c.exec(id, { exec: `e${(d.execs += 1)}`, detached: d.chance.oneIn(2), args })
}

type Drawer = (d: Draw, id: ContainerId) => Command

/** As often as they stand here. */
const drawers: readonly [Drawer, ...Drawer[]] = [
  createAny,
  createAny,
  createAny,
  (_, id) => c.start(id),
  (_, id) => c.start(id),
  (_, id) => c.start(id),
  (d, id) => c.start(id, d.chance.pick([null, 5, 20_000])),
  (d, id) => c.stop(id, d.chance.pick([0, 300, 2_000])),
  (d, id) => c.restart(id, d.chance.pick([0, 300])),
  (d, id) => c.kill(id, d.chance.pick([9, 9, 10, 15])),
  (_, id) => c.pause(id),
  (_, id) => c.unpause(id),
  (_, id) => c.unpause(id),
  (d, id) => c.remove(id, d.chance.oneIn(2), d.chance.oneIn(2)),
  (d, id) => c.remove(id, d.chance.oneIn(2), d.chance.oneIn(2)),
  (d) => c.createVolume(d.chance.pick([1, 2])),
  (d) => c.removeVolume(c.volumeNumber(d.chance.pick([1, 2]))),
  (d, id) => c.rename(id, d.chance.pick(['web', 'db', 'cache'])),
  execAny,
  execAny,
  (d) => c.load(c.sampleImage(d.chance.pick([1, 2]), d.chance.pick(['layer', 'layer', 'broken']))),
  (d) => c.removeImage(d.chance.pick([1, 2]), d.chance.oneIn(3)),
]

const drawOne = (d: Draw): Command => {
  const id = c.containerNumber(Math.max(1, d.containers - d.chance.below(newest)))
  return d.chance.pick(drawers)(d, id)
}

/** Mostly minutes apart, now and then several at the same moment (K6). */
const gapsMs = [0, 0, 1, 6, 900, 60_000, 90_000, 150_000] as const

const drawCommands = (d: Draw, hours: number): ReadonlyArray<PlannedCommand> => {
  const commands: PlannedCommand[] = []
  const count = Math.ceil(hours * commandsPerHour)
  let atMs = 0
  for (let n = 0; n < count; n += 1) {
    atMs += d.chance.pick(gapsMs)
    const left = hours * hourMs - atMs
    // Whatever the gaps were: the hours are filled evenly to their end.
    if (n % 12 === 11) atMs += Math.max(0, left / ((count - n) / 12) - 450_000)
    const client = `client${1 + d.chance.below(clients)}`
    commands.push({ client, atMs: Math.min(Math.round(atMs), hours * hourMs), command: drawOne(d) })
  }
  return commands
}

export const drawPlan = (seed: number, options: DrawOptions): SimulationPlan => {
  const chance = new Prng(seed)
  const kinds = options.kinds ?? (Object.keys(faultKinds) as ReadonlyArray<FaultKind>)
  const weights = drawWeights(chance, kinds)
  const draw: Draw = { chance, containers: 0, execs: 0, minted: 0 }
  const commands = drawCommands(draw, options.hours)
  const ids = Array.from({ length: draw.containers }, (_, n) => c.containerNumber(n + 1))
  const life = (): ReadonlyArray<Program> => [chance.pick(programs), chance.pick(programs)]
  return {
    name: `seed ${seed}`,
    seed,
    hours: options.hours,
    programs: Object.fromEntries(ids.map((id) => [id, life()])),
    commands,
    faults: { _tag: 'Swarm', weights },
  }
}
