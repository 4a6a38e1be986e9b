/** The container suite in the machine, where cgroups are unified. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFileSystem, project, type Image } from './image/image.ts'
import { Machine } from './machine.ts'
import { parameter, type GuestMessage } from './messages.ts'

const scratchBytes = 4 * 1024 ** 3
const stateBytes = 512 * 1024 ** 2

/** Test files that need a real host and whose path contains one of `words`. */
export const realTests = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
  ['adapters', 'properties', 'journal', 'cli']
    .flatMap((folder) =>
      readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter((path) => path.endsWith('.real.test.ts') && words.some((word) => path.includes(word)))
    .sort()

export interface SuiteResult {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

type TestFile = Extract<GuestMessage, { readonly _tag: 'TestFile' }>

const tellFile = (file: TestFile): void => {
  const failed = file.records.filter(({ status }) => status === 'failed')
  const passed = file.records.filter(({ status }) => status === 'passed').length
  const verdict = file.exitCode === 0 ? 'ok' : `exit ${String(file.exitCode)}`
  console.log(
    `${file.path}: ${verdict}, ${passed} passed, ${failed.length} failed, ` +
      `${Math.round(file.ms / 1000)} s`,
  )
  for (const { name } of failed) console.log(`    FAILED ${name}`)
  if (file.exitCode !== 0) console.log(file.output.replaceAll(/^/gm, '      '))
}

const resultOf = (files: ReadonlyArray<TestFile>): SuiteResult => {
  const records = files.flatMap((file) => file.records)
  const count = (status: string): number => records.filter((r) => r.status === status).length
  // A file that broke without a failed test of its own counts as one.
  const broken = files.filter(
    (f) => f.exitCode !== 0 && !f.records.some(({ status }) => status === 'failed'),
  )
  return {
    passed: count('passed'),
    failed: count('failed') + broken.length,
    skipped: count('skipped'),
  }
}

export const runGuestSuite = async (image: Image, scratch: string): Promise<SuiteResult> => {
  const disk = join(scratch, 'tests.ext4')
  makeFileSystem(disk, scratchBytes)
  const state = join(scratch, 'state.ext4')
  makeFileSystem(state, stateBytes)
  const files: TestFile[] = []
  let finish: () => void = () => undefined
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })
  const machine = await Machine.boot({
    image,
    stateDisk: { file: state },
    scratchDisk: disk,
    directory: scratch,
    memoryMiB: 3072,
    parameters: { [parameter.work]: 'tests' },
    onMessage: (message) => {
      if (message._tag === 'TestFile') {
        files.push(message)
        tellFile(message)
      } else if (message._tag === 'TestsDone') finish()
      else if (message._tag === 'Failed') {
        console.log(message.text)
        finish()
      }
    },
  })
  await Promise.race([done, machine.ended])
  await machine.cutPower()
  if (files.length === 0) console.log(machine.lastWords())
  return resultOf(files)
}
