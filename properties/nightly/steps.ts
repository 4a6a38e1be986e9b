/** The large numbers (simulation.md A9): the suites of `npm test` with more of everything. */

export interface NightlyStep {
  readonly name: string
  /** Arguments of node. */
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

const script = (path: string, ...more: ReadonlyArray<string>): ReadonlyArray<string> => [
  '--import',
  'tsx',
  path,
  ...more,
]

const long = { TEST_DEADLINE_MS: '7200000' }

export const nightlySteps = (
  soakSeconds: number,
  firstSeed: number,
): ReadonlyArray<NightlyStep> => [
  {
    name: 'soak',
    args: script('properties/simulation/soak.test.ts'),
    env: { SOAK_SECONDS: String(soakSeconds), SOAK_SEED: String(firstSeed) },
  },
  {
    name: 'all pairs of crashes',
    args: script('properties/simulation/crash-everywhere.test.ts'),
    env: { NESTED_STRIDE: '1', ...long },
  },
  ...['rules', 'verdicts', 'policy'].map((file) => ({
    name: `lifecycle ${file}, a hundred times as many runs`,
    args: script(`properties/lifecycle/${file}.test.ts`),
    env: { PROPERTY_RUNS: '200000', ...long },
  })),
  ...['promises', 'damage-seen', 'replay', 'codecs', 'crash-points', 'every-byte'].map((file) => ({
    name: `journal ${file}, ten times as many runs`,
    args: script(`properties/journal/${file}.test.ts`),
    env: { PROPERTY_RUNS: '20000', ...long },
  })),
  ...['random-layers', 'damaged-archives'].map((file) => ({
    name: `hostile ${file}, a hundred times as many runs`,
    args: script(`properties/hostile/${file}.real.test.ts`),
    env: { PROPERTY_RUNS: '20000', ...long },
  })),
  {
    name: 'crash states of ten traced workloads',
    args: script('properties/crash-states/main.ts'),
    env: {},
  },
  {
    name: 'torture',
    args: script('properties/torture/main.ts', '200', String(firstSeed)),
    env: {},
  },
]
