/** two commands at once, and a crash of the daemon at every boundary of both. */
import { pairTemplates } from '../../simulator/templates/pairs.ts'
import { suite } from '../testing/suite.ts'
import { crashAtEach, held } from './every-boundary.ts'

const test = suite('crash points of pairs')
let runs = 0

for (const [i, template] of pairTemplates.entries())
  test(`R-57 ${held} hold with a crash at each boundary of: ${template.name}`, async () => {
    runs += await crashAtEach(
      template,
      [1, 101, 201, 301].map((n) => n + i),
    )
  })

test('how many crash points were struck is told', () => {
  console.log(`${pairTemplates.length} pairs of commands, ${runs} crashes`)
})

test.run()
