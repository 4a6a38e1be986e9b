/** The filters of List: one value per key (spec 22 section 3, CLI-PS-05). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { statusWord, type Container } from '../../../domain/container/state.ts'
import { invalidFilter } from '../texts.ts'
import { isShownRunning, shownCode } from './shown-state.ts'

type Test = (container: Container) => boolean

export interface ListPlan {
  readonly test: Test
  /** Only so many, the newest first; 0: all. */
  readonly last: number
}

const statusWords: Readonly<Record<string, string>> = {
  created: 'inited',
  inited: 'inited',
  starting: 'starting',
  running: 'running',
  exited: 'exited',
  paused: 'paused',
  restarting: 'restarting',
}

const byStatus = (value: string): Either<string, Test> => {
  const word = Object.hasOwn(statusWords, value) ? statusWords[value] : undefined
  return word === undefined
    ? E.left(`Unrecognised filter value for status: ${value}`)
    : E.right((c) => statusWord(c) === word)
}

const longestPattern = 256
/** Repeated groups and back references can make a search run for ever. */
const isCostly = (pattern: string): boolean =>
  pattern.length > longestPattern ||
  /\)[*+?{]|\\[1-9k]/.test(pattern) ||
  (pattern.match(/[*+{]/g)?.length ?? 0) > 4

const byName = (value: string): Either<string, Test> => {
  if (isCostly(value)) return E.left(`Invalid filter 'name=${value}': the pattern is too costly`)
  const pattern = E.tryCatch(
    () => new RegExp(value),
    () => `Invalid filter 'name=${value}': not a regular expression`,
  )
  return E.isLeft(pattern) ? pattern : E.right((c) => pattern.right.test(c.name))
}

const byLabel = (value: string): Test => {
  const at = value.indexOf('=')
  const key = at < 0 ? value : value.slice(0, at)
  return ({ process: { Labels } }) =>
    Object.hasOwn(Labels, key) && (at < 0 || Labels[key] === value.slice(at + 1))
}

const byExitCode = (value: string): Either<string, Test> =>
  /^\d{1,3}$/.test(value)
    ? E.right((c) => statusWord(c) === 'exited' && shownCode(c) === Number(value))
    : E.left(`Invalid filter 'exited=${value}': want an exit code, 0 to 255`)

const testOf = (key: string, value: string): Either<string, Test> => {
  switch (key) {
    case 'id':
      return E.right((c) => c.id.startsWith(value))
    case 'label':
      return E.right(byLabel(value))
    case 'name':
      return byName(value)
    case 'status':
      return byStatus(value)
    case 'exited':
      return byExitCode(value)
    default:
      return E.left(invalidFilter(key))
  }
}

const lastOf = (value: string | undefined): Either<string, number> => {
  if (value === undefined) return E.right(0)
  return /^\d{1,9}$/.test(value)
    ? E.right(Number(value))
    : E.left(`Invalid filter 'last_n=${value}': want a number`)
}

/** These ask for stopped containers, too. */
const reachStopped = ['status', 'exited']

/** Left: the text for the client. */
export const listPlan = (
  filters: Readonly<Record<string, string>>,
  all: boolean,
): Either<string, ListPlan> => {
  const { last_n: lastText, ...rest } = filters
  const last = lastOf(lastText)
  if (E.isLeft(last)) return last
  const tests: Test[] = []
  for (const [key, value] of Object.entries(rest)) {
    const one = testOf(key, value)
    if (E.isLeft(one)) return one
    tests.push(one.right)
  }
  const reaches = all || lastText !== undefined || reachStopped.some((key) => key in rest)
  if (!reaches) tests.push(isShownRunning)
  return E.right({ test: (c) => tests.every((one) => one(c)), last: last.right })
}

interface Placed {
  readonly container: Container
  readonly started: number
}

/** The newest start first, those that never started last; `last_n` orders by creation. */
export const inListOrder = (
  containers: ReadonlyArray<Container>,
  startedMs: (c: Container) => number | undefined,
  last: number,
): ReadonlyArray<Container> => {
  const byCreation = (a: Container, b: Container): number => b.created.wallMs - a.created.wallMs
  if (last > 0) return [...containers].sort(byCreation).slice(0, last)
  const placed: ReadonlyArray<Placed> = containers.map((container) => ({
    container,
    started: startedMs(container) ?? -1,
  }))
  return [...placed]
    .sort((a, b) => b.started - a.started || byCreation(a.container, b.container))
    .map(({ container }) => container)
}
