/** Signals in every spelling. */
import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { suite } from '../../properties/testing/suite.ts'
import { signalName, signalNumber } from './signals.ts'

const test = suite('signals')

test('the table agrees with the system for every name that it has', () => {
  for (const [name, number] of Object.entries(constants.signals))
    assert.equal(signalNumber(name), number, name)
})

test('CLI-KILL-01: names with and without SIG, any case, and numbers', () => {
  for (const text of ['TERM', 'SIGTERM', 'sigterm', 'term', '15'])
    assert.equal(signalNumber(text), 15, text)
})

test('real-time signals count from both ends', () => {
  assert.equal(signalNumber('SIGRTMIN'), 34)
  assert.equal(signalNumber('SIGRTMIN+3'), 37)
  assert.equal(signalNumber('RTMAX-14'), 50)
  assert.equal(signalNumber('SIGRTMAX'), 64)
})

test('CLI-KILL-01: what is no signal is none', () => {
  const wrong = ['', '0', '65', '-9', 'SIG', 'SIGNOSUCH', 'RTMIN-1', 'RTMAX+1', 'RTMIN+31']
  for (const text of [...wrong, '9.5', ' 9', 'constructor'])
    assert.equal(signalNumber(text), undefined, text)
})

test('the name of every number leads back to it', () => {
  for (let number = 1; number <= 64; number += 1)
    assert.equal(signalNumber(signalName(number)), number)
  assert.equal(signalName(37), '37')
})

test.run()
