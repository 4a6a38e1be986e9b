/** What the engine says of itself after a boot, and what lies around that nobody owns. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { leaks } from '../../harness/leaks.ts'
import { restartsItself, restingStates, type Recovered, type ShownContainer } from '../messages.ts'
import { cgroupParent, root, type Engine } from './engine.ts'

const fields = ['.Name', '.Id', '.State.Status', '.State.ExitCode', '.State.ExitKnown']
/** Each on a line of its own. */
const format = fields.map((field) => `{{${field}}}`).join(' ')

const lines = (text: string): ReadonlyArray<string> =>
  text.split('\n').filter((line) => line !== '')

const parseContainers = (shown: ReadonlyArray<string>): ReadonlyArray<ShownContainer> => {
  const [name, id, status, exitCode, exitKnown, ...others] = shown
  if (name === undefined || id === undefined || status === undefined) return []
  const plainName = name.replace(/^\//, '')
  const ending = { exitCode: Number(exitCode), exitKnown: exitKnown === 'true' }
  return [{ name: plainName, id, status, ...ending }, ...parseContainers(others)]
}

/** Undefined where one of them went away in between. */
const containers = async (engine: Engine): Promise<ReadonlyArray<ShownContainer> | undefined> => {
  const ids = lines(await engine.ok('ps', '-aq'))
  if (ids.length === 0) return []
  const said = await engine.isula('inspect', '-f', format, ...ids)
  return said.code === 0 ? parseContainers(lines(said.out)) : undefined
}

/** A start that the reboot cut short is not tried again. */
const failedStartExit = 125

/** The engine still has something to do with it. */
const isUnderWay = ({ name, status, exitCode }: ShownContainer): boolean =>
  !restingStates.includes(status) ||
  (restartsItself(name) && status === 'exited' && exitCode !== failedStartExit)

const settleMs = 30_000
const pollMs = 250

/** Waits until nothing is in between; after a while it is shown as it is. */
const settled = async (engine: Engine): Promise<ReadonlyArray<ShownContainer>> => {
  const end = performance.now() + settleMs
  for (;;) {
    const found = await containers(engine)
    const isLate = performance.now() > end
    if (found !== undefined && (isLate || !found.some(isUnderWay))) return found
    if (isLate) throw new Error('ps names a container that inspect does not know')
    await pause(pollMs)
  }
}

/** Below the engine's parent in the unified tree. */
const cgroups = (): ReadonlyArray<string> => {
  const parent = `/sys/fs/cgroup${cgroupParent}`
  if (!existsSync(parent)) return []
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `cgroup ${parent}/${entry.name}`)
}

const stateMounts = (engine: Engine): ReadonlyArray<string> =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${engine.state}/`))
    .map((point) => `mount ${point}`)

/** What belongs to none of `ids`. */
export const leftovers = async (
  engine: Engine,
  ids: ReadonlyArray<string>,
): Promise<ReadonlyArray<string>> => {
  const { state, pid, isRunning } = engine
  // The daemon names the directory as well; where its syncs are neutered it has a parent.
  const daemon = `--graph ${root}`
  const place = { directory: root, root, state, cgroupParent, pid, isRunning }
  const below = await leaks(place, [...ids, daemon])
  const others = [...cgroups(), ...stateMounts(engine)]
  return [...below, ...others.filter((line) => !ids.some((id) => line.includes(id)))]
}

export const report = async (engine: Engine): Promise<Recovered> => {
  const found = await settled(engine)
  const audit = await engine.isula('audit', 'verify')
  return {
    _tag: 'Recovered',
    containers: found,
    audit: { code: audit.code, text: audit.out + audit.err },
    recovery: (await engine.isula('recovery', 'show')).out,
    leaks: await leftovers(
      engine,
      found.map(({ id }) => id),
    ),
  }
}
