/** Ten rounds of kill -9 under ten parallel clients; `npm run torture` makes it two hundred. */
// deadline: 240s
import { equal } from 'uvu/assert'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import { suite } from '../testing/suite.ts'
import { tortureRound } from './round.ts'

const test = suite('torture')
const rounds = 10

test.needs(
  ['root', 'program:conmon', 'program:busybox'],
  'M-04 M-05 M-14 R-23 R-61: kill -9 at random instants loses, leaks and invents nothing',
  async () => {
    const daemon = new TestDaemon()
    await daemon.start()
    try {
      await loadBusybox(daemon)
      for (let seed = 1; seed <= rounds; seed += 1) {
        const round = await tortureRound(daemon, seed)
        equal(round.violations, [], `seed ${seed}`)
      }
    } finally {
      await daemon.dispose()
    }
  },
  200_000,
)

test.run()
