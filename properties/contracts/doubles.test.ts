/** The doubles of the simulated host keep the contracts of the ports, under several schedules. */
import { suite } from '../testing/suite.ts'
import { contracts } from './contracts.ts'
import { doubleHost } from './double-host.ts'

const test = suite('contracts on the simulated host')
const seeds = [1, 2, 3, 4, 5]

for (const [name, contract] of Object.entries(contracts))
  contract((sentence, body) =>
    test(`${name}: ${sentence}`, async () => {
      for (const seed of seeds) await body(doubleHost(seed))
    }),
  )

test.run()
