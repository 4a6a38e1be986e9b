/** The options of the run, and the instants that it draws. */
import { equal, is, ok, throws } from 'uvu/assert'
import { suite } from '../testing/suite.ts'
import { randomFrom } from '../torture/clients.ts'
import { planCut } from './cut-plan.ts'
import { realTests } from './guest-suite.ts'
import { parseOptions } from './options.ts'

const test = suite('options of the power cuts')

test('twenty cuts, the canary and the container suite unless told otherwise', () => {
  const options = parseOptions([])
  equal([options.cuts, options.seed, options.canary], [20, 1, true])
  ok(options.tests.length > 0)
  equal(parseOptions(['--tests', 'none']).tests, [])
  equal(parseOptions(['--cuts', '3', '--no-canary']).cuts, 3)
})

test('what is no number, or not known, is refused', () => {
  throws(() => parseOptions(['--cuts', 'many']), 'not a number')
  throws(() => parseOptions(['--seed', '-1']))
  throws(() => parseOptions(['--loud']))
})

test('only tests of a real host are chosen, by parts of their paths', () => {
  const chosen = realTests(['adapters/cgroups/'])
  ok(chosen.includes('adapters/cgroups/cgroup-port.real.test.ts'))
  ok(chosen.every((path) => path.startsWith('adapters/cgroups/')))
  equal(realTests([]), [])
})

test('every kind of instant is drawn, and the same ones from the same seed', () => {
  const drawn = (seed: number): ReadonlyArray<string> => {
    const random = randomFrom(seed)
    return Array.from({ length: 40 }, () => planCut(random)._tag)
  }
  is(new Set(drawn(1)).size, 4)
  equal(drawn(2), drawn(2))
})

test.run()
