/** Lives with copies, with a crash of the daemon at every boundary. */
import { copyTemplates } from '../../simulator/templates/copies.ts'
import { suite } from '../testing/suite.ts'
import { crashAtEach, held } from './every-boundary.ts'

const test = suite('crash points of copies')
let runs = 0

for (const [i, template] of copyTemplates.entries())
  test(`R-60 ${held} hold with a crash at each boundary of: ${template.name}`, async () => {
    runs += await crashAtEach(
      template,
      [1].map((n) => n + i),
    )
  })

test('how many crash points were struck is told', () => {
  console.log(`${copyTemplates.length} lives with copies, ${runs} crashes`)
})

test.run()
