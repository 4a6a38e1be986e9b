/** Freezes and thaws a cgroup: `freezer.state` on v1, `cgroup.freeze` on v2. */
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { notApplied } from '../../domain/ports/answer.ts'
import { errnoOf } from '../errors/errno.ts'
import { readIfPresent } from '../observe/process-table.ts'
import { EffectFailure } from '../errors/effect-failure.ts'
import { controllerDirectory, type CgroupHost } from './hierarchies.ts'

const freezeTimeoutMs = 10_000
const pollMs = 5

interface Freezer {
  readonly file: string
  readonly frozen: string
  readonly thawed: string
  readonly isFrozen: () => boolean | undefined
}

/** The freezer of a cgroup; undefined where the host has none. */
const freezerOf = (host: CgroupHost, path: string): Freezer | undefined => {
  const directory = controllerDirectory(host, 'freezer', path)
  if (directory === undefined) return undefined
  if (host.mode === 'v2') {
    const events = (): string | undefined => readIfPresent(`${directory}/cgroup.events`)
    return {
      file: `${directory}/cgroup.freeze`,
      frozen: '1',
      thawed: '0',
      isFrozen: () => events()?.includes('frozen 1'),
    }
  }
  const file = `${directory}/freezer.state`
  return {
    file,
    frozen: 'FROZEN',
    thawed: 'THAWED',
    isFrozen: () => readIfPresent(file)?.startsWith('FROZEN'),
  }
}

/** False for an absent cgroup: nothing in it can be frozen. */
export const isFrozen = (host: CgroupHost, path: string): boolean =>
  freezerOf(host, path)?.isFrozen() ?? false

const required = (host: CgroupHost, path: string): Freezer => {
  const freezer = freezerOf(host, path)
  if (freezer === undefined) {
    throw new EffectFailure(notApplied('EOPNOTSUPP', 'no freezer controller is mounted'))
  }
  return freezer
}

/** A v1 cgroup may hang in FREEZING while tasks fork; writing again makes it progress. */
export const freeze = async (host: CgroupHost, path: string): Promise<void> => {
  const freezer = required(host, path)
  const until = performance.now() + freezeTimeoutMs
  do {
    writeFileSync(freezer.file, freezer.frozen)
    if (freezer.isFrozen() === true) return
    await sleep(pollMs)
    if (freezer.isFrozen() === true) return
  } while (performance.now() < until)
  writeFileSync(freezer.file, freezer.thawed)
  throw new EffectFailure(notApplied('EBUSY', `${path} did not freeze in ${freezeTimeoutMs} ms`))
}

export const thaw = (host: CgroupHost, path: string): void => {
  const freezer = required(host, path)
  writeFileSync(freezer.file, freezer.thawed)
}

/** For kills: a signal reaches a frozen process of v1 only when it is thawed. */
export const thawIfPresent = (host: CgroupHost, path: string): void => {
  const freezer = freezerOf(host, path)
  if (freezer === undefined) return
  try {
    writeFileSync(freezer.file, freezer.thawed)
  } catch (error) {
    if (!['ENOENT', 'ENODEV'].includes(errnoOf(error) ?? '')) throw error
  }
}
