/** Runs test files of the project in the guest, one after the other. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import type { TypeOf } from 'io-ts'
import { TestRecord } from '../messages.ts'
import type { Channel } from './channel.ts'
import { checkUnifiedLimits } from './unified-limits.ts'

/** The project's sources, translated, with their tree and their packages. */
export const projectDirectory = '/opt/suite/project'
/** One path per line, below the project. */
export const testListFile = '/opt/suite/tests.txt'

/** Makes Node take the translated sources for modules. */
export const loaderFile = '/opt/suite/register.mjs'

/** An emulated processor is slow: a test that hangs is told apart from one that takes long. */
const fileDeadlineMs = 12 * 60_000
const keptOutputBytes = 20_000
const reportFile = '/run/test-report'

interface Ended {
  readonly exitCode: number | null
  readonly output: string
}

const runFile = (path: string): Promise<Ended> =>
  new Promise((done) => {
    const env = { ...process.env, TEST_REPORT: reportFile, TEST_DEADLINE_MS: '600000' }
    const child = spawn(process.execPath, ['--import', loaderFile, path], {
      cwd: projectDirectory,
      env,
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), fileDeadlineMs)
    let output = ''
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-keptOutputBytes)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('close', (exitCode) => {
      clearTimeout(timer)
      done({ exitCode, output })
    })
  })

const readRecords = (): ReadonlyArray<TypeOf<typeof TestRecord>> => {
  if (!existsSync(reportFile)) return []
  const lines = readFileSync(reportFile, 'utf8').split('\n')
  const documents = lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line))
  return documents.filter(TestRecord.is).map(({ name, status }) => ({ name, status }))
}

const tellLimits = async (channel: Channel): Promise<void> => {
  const startedMs = performance.now()
  const checked = await checkUnifiedLimits()
  const failed = checked.filter(({ status }) => status === 'failed')
  channel.tell({
    _tag: 'TestFile',
    path: 'guest/unified-limits',
    exitCode: failed.length === 0 ? 0 : 1,
    ms: Math.round(performance.now() - startedMs),
    records: checked.map(({ name, status }) => ({ name, status })),
    output: failed.map(({ name, found }) => `${name}: it is ${found}`).join('\n'),
  })
}

export const runTests = async (channel: Channel): Promise<void> => {
  await tellLimits(channel)
  const paths = readFileSync(testListFile, 'utf8').split('\n').filter(Boolean)
  for (const path of paths) {
    rmSync(reportFile, { force: true })
    const startedMs = performance.now()
    const ended = await runFile(path)
    const ms = Math.round(performance.now() - startedMs)
    channel.tell({ _tag: 'TestFile', path, ms, records: readRecords(), ...ended })
  }
  channel.tell({ _tag: 'TestsDone' })
}
