/** `isulad/properties` as a platform team's project sees it: linked, typed, run through tsx. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../testing/suite.ts'

const test = suite('isulad/properties in another project')
const root = join(import.meta.dirname, '../..')
const project = mkdtempSync(join(tmpdir(), 'consumer-'))

const rule = `
import { arbitraries, checkRule, fc, runPlan, withTraits, type Rule } from 'isulad/properties'

const startedOnce: Rule = () => ({ event, before, host }) =>
  event._tag === 'ContainerStarted' && host.starts(event.id, event.attempt) !== 1
    ? [\`\${before.container?.name ?? event.id} ran more than once\`]
    : []

const plan = withTraits((n) => ({ labels: { tier: n % 2 === 0 ? 'db' : 'web' } }))
const held = await checkRule({ name: 'started once', rule: startedOnce, seeds: 3, plan })
console.log('held', held.seeds, held.steps > 0)

await fc.assert(
  fc.asyncProperty(arbitraries.plans(), async (some) => {
    const { violations } = await runPlan(some)
    return violations.length === 0
  }),
  { numRuns: 5, seed: 1 },
)

const neverStarted: Rule = () => ({ event }) =>
  event._tag === 'ContainerStarted' ? ['it started'] : []
await checkRule({ name: 'never started', rule: neverStarted, seeds: 3 })
`

const wrongRule = `
import { checkRule } from 'isulad/properties'
await checkRule({ name: 1, rule: () => () => [] })
`

const readmeRule = (): string => {
  const [, section = ''] = readFileSync(join(root, 'README.md'), 'utf8').split('rules in CI\n')
  const [, block] = /```ts\n(.*?)```/s.exec(section) ?? []
  if (block === undefined) throw new Error('README.md shows no rule')
  return block
}

const settings = {
  compilerOptions: { module: 'NodeNext', target: 'ES2022', strict: true, noEmit: true, types: [] },
}

test.before(() => {
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(root, join(project, 'node_modules/isulad'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }')
  writeFileSync(join(project, 'check.ts'), rule)
  writeFileSync(join(project, 'wrong.ts'), wrongRule)
  writeFileSync(join(project, 'readme.ts'), readmeRule())
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ ...settings, files: ['check.ts', 'readme.ts', 'wrong.ts'] }),
  )
})

test.after(() => rmSync(project, { recursive: true }))

const run = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    timeout: 50_000,
  })

const tsx = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs')]

test('a rule runs through tsx, and a wrong one fails with a shrunk run and a replay', () => {
  const { status, stdout, stderr } = run([...tsx, 'check.ts'])
  assert.match(stdout, 'held 3 true', stderr)
  assert.is(status, 1)
  assert.match(stderr, 'rule "never started" is broken by seed 1')
  assert.match(stderr, /shrunk to [0-3] command/)
  assert.match(stderr, 'ISULAD_RULE_SEED=1')
})

test('the rule in README.md runs as it stands there, on the seed that is asked for', () => {
  const { status, stdout, stderr } = run([...tsx, 'readme.ts'], { ISULAD_RULE_SEED: '2' })
  assert.is(status, 0, stderr)
  assert.match(stdout, /seeds: 1,/)
  assert.match(stdout, 'engineViolations: []')
})

test('its types are known to a strict project, and a wrong use is the only error', () => {
  const { stdout } = run([
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    '.',
    '--pretty',
    'false',
  ])
  const errors = stdout.split('\n').filter((line) => line.includes('error TS'))
  assert.is(errors.length, 1, stdout)
  assert.match(errors[0] ?? '', /^wrong\.ts.* Type 'number' is not assignable to type 'string'/)
})

test.run()
