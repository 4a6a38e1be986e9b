/** Power lost at every system call of appending, rotating logs, anchoring and taking snapshots. */
import assert from 'node:assert/strict'
import { suite } from '../testing/suite.ts'
import { survey, totals, totalsText, violationText } from './survey.ts'

const test = suite('crash states of appends')

const appends = ['snapshots', 'long-records', 'block-edges', 'anchored']

test.needs(
  ['linux', 'program:strace'],
  'J1 J2 J3 J4 J8 whatever a power loss leaves of a written journal recovers to a whole prefix ' +
    'with every acknowledged record',
  async () => {
    const all = await survey(appends, { cuts: 5, garbages: 1, seed: 1, reopenEvery: 4 })
    console.log(totalsText(all))
    const { directories, violations } = totals(all)
    assert.deepEqual(violations.map(violationText), [])
    assert.ok(directories >= 900, `${directories} directories`)
  },
  150_000,
)

test.needs(
  ['linux', 'program:strace'],
  'J1 J2 J3 a full log is replaced: no power loss takes a record from the old or the new one',
  async () => {
    const effort = { cuts: 1, garbages: 0, seed: 1, reopenEvery: 100, wholeRuns: true, every: 2 }
    const all = await survey(['rotation'], effort)
    console.log(totalsText(all))
    const { directories, violations } = totals(all)
    assert.deepEqual(violations.map(violationText), [])
    assert.ok(directories >= 8, `${directories} directories`)
  },
  150_000,
)

test.run()
