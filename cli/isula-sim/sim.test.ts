/** The commands of `isula-sim`: what they print, store and answer as exit codes. */
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import type { ExitCode } from './output.ts'
import { workerArgument } from './seed-pool.ts'
import { runSim } from './sim.ts'

const test = suite('isula-sim')
const entry = join(import.meta.dirname, 'main.ts')
const folder = mkdtempSync(join(tmpdir(), 'isula-sim-'))
test.after(() => rmSync(folder, { recursive: true }))

interface Ran {
  readonly code: ExitCode
  readonly out: string
  readonly error: string
}

const sim = async (args: string, isTerminal = false): Promise<Ran> => {
  let [out, error] = ['', '']
  const code = await runSim(
    args.split(' ').map((arg) => arg.replaceAll('_', ' ')),
    {
      out: (text) => void (out += text),
      error: (text) => void (error += text),
      isTerminal,
      readFile: (path) => readFile(path, 'utf8'),
      writeFile: (path, text) => writeFile(path, text),
    },
    entry,
  )
  return { code, out, error }
}

test('seeds that hold end with 0, the figures, and a line per tenth', async () => {
  const { code, out, error } = await sim('run --seeds 20 --hours 0.2 --jobs 1')
  assert.is(code, 0, error)
  assert.match(out, /20 seeds, \d+\.\d simulated hours/)
  assert.match(out, '1 seeds run twice')
  assert.match(out, 'every invariant held')
  assert.match(error, /^2\/20 .*\n4\/20 /)
})

test('a terminal gets one bar, redrawn in place', async () => {
  const { error } = await sim('run --seeds 4 --hours 0.1 --jobs 1', true)
  assert.match(error, '[##############################] 4/4  0 failed')
  assert.not.match(error, '\n')
})

test('a failing seed ends with 1 and prints a command that replays it', async () => {
  const { code, error } = await sim('run --seeds 16 --planted forgotten-unmount --jobs 1')
  assert.is(code, 1)
  const again = /again: isula-sim (replay (\d+) .*)/.exec(error)
  assert.ok(again?.[1] !== undefined, error)
  const replayed = await sim(again[1])
  assert.is(replayed.code, 1)
  assert.match(replayed.out, 'broken: W6 (nothing is left on the host after removal)')
  assert.match(replayed.out, /\d+ ms {2}\S*: CreateContainer/)
  assert.match(replayed.out, /event \d+ ContainerCreated of container:c\d+/)
})

test('several processes find what one finds, and the report says it to machines', async () => {
  const reportOf = async (jobs: number): Promise<string> => {
    const path = join(folder, `report-${jobs}.json`)
    const { code } = await sim(
      `run --seeds 6 --hours 0.2 --planted effect-before-intent --jobs ${jobs} --json ${path}`,
    )
    assert.is(code, 1)
    return readFileSync(path, 'utf8')
  }
  const withoutTimes = (text: string): string =>
    text.replaceAll(/"(seconds|hoursPerMinute|jobs)": [\d.]+/g, '')
  const [one, two] = [await reportOf(1), await reportOf(2)]
  assert.is(withoutTimes(two), withoutTimes(one))
  assert.match(one, '"held": false')
  assert.match(one, '"replay": "isula-sim replay ')
})

test('a worker process ends when its parent is gone', async () => {
  const child = fork(entry, [workerArgument])
  const code = await new Promise((resolve) => {
    child.once('exit', resolve)
    child.once('spawn', () => child.disconnect())
  })
  assert.is(code, 0)
})

test('shrink stores a small plan, and replay of the file breaks the same', async () => {
  const path = join(folder, 'small.json')
  const shrunk = await sim(`shrink 15 --planted forgotten-unmount --out ${path}`)
  assert.is(shrunk.code, 1)
  assert.match(shrunk.out, /\d+ commands became [0-9] in \d+ runs/)
  const replayed = await sim(`replay ${path}`)
  assert.is(replayed.code, 1)
  assert.match(replayed.out, 'broken: W6')
  const smaller = await sim(`shrink ${path}`)
  assert.is(smaller.code, 1)
})

test('a seed that holds has nothing to shrink, and its trace is shown on demand', async () => {
  const shrunk = await sim('shrink 1 --hours 0.1 --faults none')
  assert.equal([shrunk.code, shrunk.out.includes('nothing to shrink')], [0, true])
  const short = await sim('replay 1 --hours 0.1 --faults none')
  assert.equal([short.code, short.out.includes('daemon 1 begins')], [0, false])
  const whole = await sim('replay 1 --hours 0.1 --faults none --all')
  assert.equal([whole.code, whole.out.includes('daemon 1 begins')], [0, true])
})

test('a scenario holds at each of its crash points, and a planted bug does not', async () => {
  const good = await sim('explore rename')
  assert.is(good.code, 0)
  assert.match(good.out, /"rename": \d+ boundaries, \d+ crashes, 0 crashes in recovery/)
  const bad = await sim('explore rename --planted acknowledged-before-sync --json -')
  assert.is(bad.code, 1)
  const report: unknown = JSON.parse(bad.out)
  assert.ok(typeof report === 'object' && report !== null && 'failures' in report)
})

test('crashes in the recovery are explored on demand', async () => {
  const { code, out } = await sim('explore create --nested')
  assert.is(code, 0)
  assert.match(out, /"create": \d+ boundaries, \d+ crashes, [1-9]\d+ crashes in recovery/)
})

test('every scenario is listed with the number that explores it', async () => {
  const { out } = await sim('explore --list')
  const line = /^ *(\d+) {2}(.*)$/m.exec(out)
  const [byNumber, byName] = [
    await sim(`explore ${line?.[1] ?? ''}`),
    await sim(`explore ${(line?.[2] ?? '').replaceAll(' ', '_')}`),
  ]
  assert.equal([byNumber.code, byName.code], [0, 0])
})

test('wrong usage ends with 2 and says what is wrong', async () => {
  const wrong: ReadonlyArray<readonly [string, string]> = [
    ['dance', "unknown command 'dance'"],
    ['run --seeds 0', '--seeds 0: a number of at least 1 is wanted'],
    ['run --seeds 1.5', '--seeds 1.5: a whole number is wanted'],
    ['run --faults rain', '--faults rain: there is no such kind or class'],
    ['run --planted daisy', '--planted daisy: there is no such bug'],
    ['run 7', "'7' is not understood"],
    ['run --sedes 7', "Unknown option '--sedes'"],
    ['replay', 'one SEED or FILE is wanted'],
    [`replay ${folder}/nothing.json`, 'ENOENT'],
    [`replay ${entry}`, 'is no plan'],
    ['explore nowhere', "there is no scenario 'nowhere'"],
    ['explore', 'a SCENARIO is wanted'],
  ]
  for (const [args, said] of wrong) {
    const { code, error } = await sim(args)
    assert.is(code, 2, args)
    assert.match(error, said)
  }
})

test('each command has its help', async () => {
  const helps = ['--help', 'run -h', 'replay --help', 'shrink --help', 'explore --help', 'help run']
  for (const args of helps) {
    const { code, out } = await sim(args)
    assert.is(code, 0)
    assert.match(out, /^Usage: {2}isula-sim /)
    assert.match(out, 'Exit codes: ')
  }
})

test.run()
