/** The options of `npm run test:vm`. */
import { parseArgs } from 'node:util'

export interface Options {
  readonly cuts: number
  readonly seed: number
  /** Whether the engine with a fault on purpose is run as well. */
  readonly canary: boolean
  /** Which test files the guest runs: paths that contain one of these; empty: none. */
  readonly tests: ReadonlyArray<string>
  readonly keep: boolean
}

export const usage = `npm run test:vm [-- OPTIONS]

  --cuts N        power cuts (default 20; 0: none)
  --seed N        decides instants, operations and lost writes (default 1)
  --no-canary     leave out the engine whose syncs do nothing, which must be caught
  --tests WORDS   test files that the guest runs under unified cgroups: comma-separated parts of
                  their paths (default: the container suite; none: no tests)
  --keep          keep the scratch directory`

/** The tests of containers on a real host. */
const containerSuite = [
  ...['properties/real/', 'adapters/cgroups/', 'adapters/runtime/', 'adapters/monitor/'],
  ...['adapters/bundle/', 'adapters/layers/', 'adapters/kernel/'],
]

const count = (text: string, name: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} ${text}: not a number`)
  return value
}

/** Throws with what is wrong. */
export const parseOptions = (words: ReadonlyArray<string>): Options => {
  const { values } = parseArgs({
    args: [...words],
    options: {
      cuts: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      'no-canary': { type: 'boolean', default: false },
      tests: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  })
  const named = values.tests?.split(',').filter((word) => word !== 'none' && word !== '')
  return {
    cuts: count(values.cuts, 'cuts'),
    seed: count(values.seed, 'seed'),
    canary: !values['no-canary'],
    tests: named ?? containerSuite,
    keep: values.keep,
  }
}
