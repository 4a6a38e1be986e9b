/** Longer lives, with a crash of the daemon at every boundary. */
import { lifeTemplates } from '../../simulator/templates/lives.ts'
import { suite } from '../testing/suite.ts'
import { crashAtEach, held } from './every-boundary.ts'

const test = suite('crash points of lives')
let runs = 0

for (const [i, template] of lifeTemplates.entries())
  test(`${held} hold with a crash at each boundary of: ${template.name}`, async () => {
    runs += await crashAtEach(
      template,
      [1, 101, 201, 301].map((n) => n + i),
    )
  })

test('how many crash points were struck is told', () => {
  console.log(`${lifeTemplates.length} lives, ${runs} crashes`)
})

test.run()
