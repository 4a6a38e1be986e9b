/** Each tidy rule objects to what it is meant to catch, and to nothing else. */
import * as assert from 'uvu/assert'
import { suite } from '../testing/suite.ts'
import {
  badName,
  longFile,
  longLines,
  machinePaths,
  neverRuns,
  noPurpose,
  syntaxComplaints,
} from './source-rules.ts'

const test = suite('tidy rules')
const one = (complaints: ReadonlyArray<string>): void => assert.is(complaints.length, 1)
const none = (complaints: ReadonlyArray<string>): void => assert.equal(complaints, [])

test('a line of 101 characters is too long, one of 100 is not', () => {
  one(longLines(`x\n${'x'.repeat(101)}\n`))
  none(longLines('x'.repeat(100)))
})

test('a file of 401 lines is too long, one of 400 is not', () => {
  one(longFile('x\n'.repeat(401)))
  none(longFile('x\n'.repeat(400)))
})

test('a function of 71 lines is too long, wherever it stands', () => {
  const body = (lines: number): string => `{\n${'  f()\n'.repeat(lines - 2)}}`
  one(syntaxComplaints('a.ts', `export const f = () => ${body(71)}\n`))
  one(syntaxComplaints('a.ts', `class A {\n  f() ${body(71)}\n}\n`))
  none(syntaxComplaints('a.ts', `function f() ${body(70)}\n`))
})

test('a catch that does nothing is silent, a comment in it is no excuse', () => {
  one(syntaxComplaints('a.ts', 'try { f() } catch {}'))
  one(syntaxComplaints('a.ts', 'try { f() } catch { /* fine */ }'))
  none(syntaxComplaints('a.ts', 'try { f() } catch (error) { log(error) }'))
})

test('a default export is found in each of its forms', () => {
  one(syntaxComplaints('a.ts', 'export default 1'))
  one(syntaxComplaints('a.ts', 'export default function f() {}'))
  one(syntaxComplaints('a.ts', 'const a = 1\nexport { a as default }'))
  none(syntaxComplaints('a.ts', "export const a = 'export default 1'"))
})

test('a name is kebab-case and not one of the empty names', () => {
  one(badName('domain/container/utils.ts'))
  one(badName('domain/helpers/restart.ts'))
  one(badName('domain/restartPolicy.ts'))
  one(badName('domain/restart_policy.ts'))
  none(badName('domain/container/restart-policy.real.test.ts'))
  none(badName('.ci/run'))
})

test('a purpose comment opens the file, after a #! line at most', () => {
  one(noPurpose("import { a } from './a.ts'\n/** late */\n"))
  one(noPurpose('// a line comment\n'))
  one(noPurpose('/** */\n'))
  none(noPurpose('#!/usr/bin/env node\n/** What it is for. */\n'))
})

test('a test file without run() at its end is found', () => {
  one(neverRuns("test('a', () => {})\n"))
  one(neverRuns('test.run()\nconst after = 1\n'))
  one(neverRuns('// test.run()\n'))
  none(neverRuns("test('a', () => {})\n\ntest.run()\n"))
})

test('a path of one machine is found', () => {
  one(machinePaths(`cd /${'work'}/main\n`))
  one(machinePaths(`"/${'farm'}/x"\n`))
  none(machinePaths('overlay/work/index, network/farm/x\n'))
})

test.run()
