/** What the soak has found in the engine, each as its shortest plan. */
import * as assert from 'uvu/assert'
import { exits, type Program } from '../../simulator/host/program.ts'
import type { PlacedFault, PlannedCommand, SimulationPlan } from '../../simulator/plan/plan.ts'
import { runPlan } from '../../simulator/plan/run-plan.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { suite } from '../testing/suite.ts'

const test = suite('regressions of the soak')
const c1 = c.containerNumber(1)

interface Regression {
  readonly name: string
  readonly programs?: ReadonlyArray<Program>
  readonly commands: ReadonlyArray<Omit<PlannedCommand, 'client'>>
  readonly faults: ReadonlyArray<PlacedFault>
}

const planOf = ({ name, programs, commands, faults }: Regression): SimulationPlan => ({
  name,
  seed: 1,
  hours: 0.1,
  programs: { [c1]: programs ?? [] },
  commands: commands.map((one) => ({ ...one, client: 'client' })),
  faults: { _tag: 'Listed', faults },
})

const regressions: ReadonlyArray<Regression> = [
  {
    name: 'W12 a start whose answer is lost ran, though a stranger has deleted its runtime state',
    programs: [exits(7, 400)],
    commands: [
      { atMs: 0, command: c.create(c1) },
      { atMs: 1_000, command: c.start(c1) },
    ],
    faults: [
      { kind: 'effect-hang', site: `start ${c1}/1`, occurrence: 1, detail: 'applied' },
      { kind: 'foreign-delete', site: 'host', occurrence: 2, detail: '0' },
    ],
  },
  {
    name: 'W7 R-35 a container whose run directory a stranger removed goes on',
    commands: [
      { atMs: 0, command: c.create(c1) },
      { atMs: 1_000, command: c.start(c1) },
    ],
    faults: [{ kind: 'state-file-removal', site: 'host', occurrence: 2, detail: '0' }],
  },
  {
    name: 'W2 R-35 and a daemon started after that knows its monitor still',
    commands: [
      { atMs: 0, command: c.create(c1) },
      { atMs: 1_000, command: c.start(c1) },
    ],
    faults: [
      { kind: 'state-file-removal', site: 'host', occurrence: 2, detail: '0' },
      { kind: 'daemon-crash', site: 'host', occurrence: 3, detail: 'kept' },
    ],
  },
]

for (const regression of regressions)
  test(regression.name, async () => {
    const { violations, fired, trace } = await runPlan(planOf(regression))
    assert.is(fired.length, regression.faults.length, trace)
    assert.equal(violations, [])
  })

test.run()
