/** `npm test`: gets what is missing, builds, checks the ground, runs every test file, counts. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  enginePrograms,
  ensurePackages,
  ensurePrograms,
  testPrograms,
} from '../../cli/start/prerequisites.mjs'
import { killRunning } from './child.mjs'
import { reportCoverage } from './coverage.mjs'
import { buildStep, checkSteps, runStep } from './ground.mjs'
import { hostSnapshot, leftOver } from './host-snapshot.mjs'
import { parseOptions, usage } from './options.mjs'
import { runPool } from './pool.mjs'
import { runFile } from './run-file.mjs'
import { judgeSkips, listedSkips } from './skips.mjs'
import { tellFile, tellSum } from './tally.mjs'
import { findTestFiles } from './test-files.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** PID 1 may take seconds to collect what the last tests ended. */
const hostGraceMs = 5_000

/** Where the tests are, and whether the ground and the host belong to the run. */
const scopeOf = (options) =>
  options.in === undefined
    ? { whole: true, results: join(root, '.tests'), skips: join(root, 'properties/skips.md') }
    : {
        whole: false,
        within: [relative(root, resolve(options.in))],
        results: join(options.in, '.tests'),
        skips: join(options.in, 'skips.md'),
      }

const runPhases = async ({ options, scope, scratch, done }) => {
  const chosen = (name) => options.only === undefined || name.includes(options.only)
  const files = (await findTestFiles(root, scope.within)).filter(({ path }) => chosen(path))
  const collected = join(scratch, 'v8')
  const env = options.coverage ? { NODE_V8_COVERAGE: collected } : {}
  const step = (what) => async () => done(await runStep(root, what))
  const file = (what) => async () =>
    done(await runFile({ root, file: what, reports: scratch, env }))
  const inPhase = (phase) => files.filter((what) => what.phase === phase).map(file)
  const checks = scope.whole ? checkSteps.filter(({ name }) => chosen(name)) : []
  if (scope.whole) await step(buildStep)()
  await runPool([...checks.map(step), ...inPhase('unit')], options.jobs)
  await runPool(inPhase('real'), options.jobs)
  await runPool(inPhase('exclusive'), 1)
  if (options.coverage) await reportCoverage(root, collected)
  if (files.length + checks.length > 0) return
  const name = `nothing to run: no test file matches ${options.only ?? 'the search'}`
  done({ path: 'test runner', ms: 0, output: '', records: [{ name, status: 'failed' }] })
}

const checkHost = async (before) => {
  const startedMs = performance.now()
  const left = await leftOver({ before, graceMs: hostGraceMs })
  const name = 'host: the suite leaves no mount, cgroup, netns or process behind'
  const records = [{ name, status: left.length === 0 ? 'passed' : 'failed' }]
  return { path: 'host', ms: performance.now() - startedMs, output: left.join('\n'), records }
}

const runAll = async (options) => {
  const scope = scopeOf(options)
  const listed = listedSkips(scope.skips)
  const outcomes = []
  const done = (outcome) => {
    const records = judgeSkips(outcome.records, listed, process.env.CI === 'true')
    outcomes.push({ ...outcome, records })
    tellFile({ ...outcome, records })
  }
  const scratch = mkdtempSync(join(tmpdir(), 'tests-'))
  // At exit, so that a run that is ended by a signal leaves nothing either.
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
  const before = hostSnapshot()
  await runPhases({ options, scope, scratch, done })
  if (scope.whole) done(await checkHost(before))
  return tellSum(outcomes, scope.results)
}

const main = async () => {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) return console.log(usage)
  ensurePackages(root)
  if (options.in === undefined) ensurePrograms([...enginePrograms, ...testPrograms])
  if (!(await runAll(options))) process.exitCode = 1
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => {
    killRunning()
    process.exit(code)
  })
}

await main()
