/** The oracle notices each way in which an engine may break its word after a power cut. */
import { equal, is, match } from 'uvu/assert'
import { suite } from '../testing/suite.ts'
import { Ledger, type Verb } from '../torture/ledger.ts'
import type { Recovered, ShownContainer } from './messages.ts'
import { reckon, recoveryTold } from './reckoning.ts'

const test = suite('reckoning after a power cut')

/** Acknowledged operations of one container; a verb with a question mark was not acknowledged. */
const ledgerOf = (lives: Readonly<Record<string, string>>): Ledger => {
  const ledger = new Ledger()
  const verbOf = (word: string): Verb => {
    const verb = word.replace('?', '')
    if (['create', 'start', 'exec', 'stop', 'rm'].includes(verb)) return verb as Verb
    throw new Error(`no verb: ${word}`)
  }
  for (const [name, words] of Object.entries(lives))
    for (const word of words.split(' '))
      ledger.begin(name, verbOf(word)).acknowledged = !word.endsWith('?')
  return ledger
}

const shown = (name: string, status: string, exit: number | 'unknown' = 0): ShownContainer => ({
  ...{ name, id: name, status },
  ...{ exitCode: exit === 'unknown' ? 255 : exit, exitKnown: exit !== 'unknown' },
})

const reported = (
  containers: ReadonlyArray<ShownContainer>,
  more: Partial<Recovered> = {},
): Recovered => ({
  ...{ _tag: 'Recovered', containers, audit: { code: 0, text: '' }, leaks: [] },
  recovery: 'the host was rebooted',
  ...more,
})

const findings = (words: string, container?: ShownContainer, name = 'plain'): string =>
  reckon(ledgerOf({ [name]: words }), reported(container === undefined ? [] : [container]))
    .map(({ text }) => text)
    .join()

test('what was told and is so is no finding', () => {
  is(findings('create', shown('plain', 'inited')), '')
  is(findings('create start', shown('plain', 'exited', 'unknown')), '')
  is(findings('create start stop', shown('plain', 'exited', 137)), '')
  is(findings('create start rm'), '')
})

test('what was not acknowledged may be or not be', () => {
  is(findings('create?'), '')
  is(findings('create?', shown('plain', 'inited')), '')
  is(findings('create rm?'), '')
  is(findings('create start?', shown('plain', 'inited')), '')
  is(findings('create start stop?', shown('plain', 'exited', 'unknown')), '')
})

test('lost, undone and invented containers are findings', () => {
  match(findings('create'), 'it is gone')
  match(findings('create rm', shown('plain', 'inited')), 'it is there')
  match(
    reckon(new Ledger(), reported([shown('stranger', 'inited')]))[0]?.text ?? '',
    'nobody asked',
  )
})

test('M-11 R-35: an end that nobody saw must be told as unknown', () => {
  match(findings('create start', shown('plain', 'exited', 0)), 'it ran when the power went')
  match(findings('create start', shown('plain', 'running')), 'runs in a later boot')
  match(findings('create start', shown('plain', 'inited')), 'it ran when the power went')
  match(findings('create start stop', shown('plain', 'exited', 'unknown')), 'its stop was')
  match(findings('create start', shown('plain', 'removing')), 'still removing')
})

test('R-37: the policy always acts after the boot, also on what was stopped', () => {
  const started = ledgerOf({ 'always-1': 'create start' })
  is(reckon(started, reported([shown('always-1', 'running')])).length, 0)
  match(
    reckon(started, reported([shown('always-1', 'exited', 'unknown')]))[0]?.text ?? '',
    'its policy is to run',
  )
  const stopped = ledgerOf({ 'always-1': 'create start stop' })
  is(reckon(stopped, reported([shown('always-1', 'running')])).length, 0)
  is(reckon(stopped, reported([shown('always-1', 'exited', 137)])).length, 1)
  const created = ledgerOf({ 'always-1': 'create' })
  is(reckon(created, reported([shown('always-1', 'inited')])).length, 0)
})

test('the audit, leaks and a silent recovery are findings', () => {
  const audit = { code: 1, text: 'a hole' }
  equal(
    reckon(new Ledger(), reported([], { audit, leaks: ['mount x'] })).map(({ text }) => text),
    ['audit: a hole', 'leaked: mount x'],
  )
  const ran = ledgerOf({ plain: 'create start' })
  is(recoveryTold(ran, reported([])).length, 0)
  is(recoveryTold(ran, reported([], { recovery: 'nothing' })).length, 1)
  is(recoveryTold(new Ledger(), reported([], { recovery: 'nothing' })).length, 0)
})

test.run()
