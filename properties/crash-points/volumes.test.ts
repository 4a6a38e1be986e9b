/** Lives with volumes, with a crash of the daemon at every boundary. */
import { volumeTemplates } from '../../simulator/templates/volumes.ts'
import { suite } from '../testing/suite.ts'
import { crashAtEach, held } from './every-boundary.ts'

const test = suite('crash points of volumes')
let runs = 0

for (const [i, template] of volumeTemplates.entries())
  test(`${held} hold with a crash at each boundary of: ${template.name}`, async () => {
    runs += await crashAtEach(
      template,
      [1, 101].map((n) => n + i),
    )
  })

test('how many crash points were struck is told', () => {
  console.log(`${volumeTemplates.length} lives with volumes, ${runs} crashes`)
})

test.run()
