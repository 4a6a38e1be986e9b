/** Power lost at every system call of creating, opening, reopening and repairing a journal. */
import assert from 'node:assert/strict'
import { suite } from '../testing/suite.ts'
import { survey, totals, totalsText, violationText } from './survey.ts'

const test = suite('crash states of openings')

const openings = ['creation', 'reopenings', 'fail-stop', 'torn-start', 'unfinished-start']

test.needs(
  ['linux', 'program:strace'],
  'J1 J2 J3 J4 J8 whatever a power loss leaves of an opening journal recovers to a whole prefix ' +
    'with every acknowledged record',
  async () => {
    const effort = { cuts: 8, garbages: 2, seed: 1, reopenEvery: 4 }
    const all = await survey(openings, effort)
    console.log(totalsText(all))
    const { directories, toldCuts, violations } = totals(all)
    assert.deepEqual(violations.map(violationText), [])
    assert.ok(directories >= 1_200, `${directories} directories`)
    assert.ok(toldCuts > 0)
    for (const { workload, points } of all) assert.ok(points > 30, workload)
  },
  150_000,
)

test.run()
