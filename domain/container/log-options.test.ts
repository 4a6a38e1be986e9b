/** How the output is recorded, as annotations say it. */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { checkLogOptions, isRecorded } from './log-options.ts'

const test = suite('log options')

test('CLI-LOGS-05 CLI-INSPECT-06: unless told otherwise 7 files of 1 MB are recorded', () => {
  const usual = { recorded: true, maxSizeBytes: 1024 * 1024, maxFiles: 7 }
  assert.equal(checkLogOptions({ other: 'x' }), E.right(usual))
  assert.equal(checkLogOptions({ 'log.console.driver': 'json-file' }), E.right(usual))
  assert.ok(isRecorded({}))
})

test('CLI-CR-29: size, number and whether at all can be chosen', () => {
  const given = {
    'log.console.filesize': '64KB',
    'log.console.filerotate': '1',
    'log.console.file': 'none',
  }
  assert.equal(
    checkLogOptions(given),
    E.right({ recorded: false, maxSizeBytes: 65_536, maxFiles: 1 }),
  )
  assert.not(isRecorded(given))
})

test('CLI-CR-29: values that cannot be are refused by name', () => {
  const wrong = [
    ['log.console.filesize', '4095'],
    ['log.console.filesize', '-1MB'],
    ['log.console.filesize', 'big'],
    ['log.console.filerotate', '0'],
    ['log.console.filerotate', '1001'],
    ['log.console.filerotate', '1.5'],
    ['log.console.file', '/etc/passwd'],
    ['log.console.driver', 'syslog'],
    ['log.console.colour', 'red'],
  ] as const
  for (const [key, value] of wrong) {
    const checked = checkLogOptions({ [key]: value })
    assert.ok(E.isLeft(checked), `${key}=${value}`)
    assert.is(checked.left.field, key)
  }
})

test.run()
