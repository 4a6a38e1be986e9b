/** Planted bug × invariant: every bug is noticed, and by the invariant that it breaks (M3). */
import * as assert from 'uvu/assert'
import * as early from '../../simulator/faults/planted.ts'
import type { PlantedBug } from '../../simulator/faults/planted.ts'
import { hostBugs } from '../../simulator/planted/host-bugs.ts'
import { forever } from '../../simulator/host/program.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { storeBugs } from '../../simulator/planted/store-bugs.ts'
import type { Template } from '../../simulator/run/scenario.ts'
import { templates } from '../../simulator/run/templates.ts'
import { lifeTemplates } from '../../simulator/templates/lives.ts'
import { pairTemplates } from '../../simulator/templates/pairs.ts'
import { suite } from '../testing/suite.ts'
import { sweep } from './sweep.ts'

const test = suite('planted in the host and the store')

const everyTemplate = () => [...templates, ...lifeTemplates, ...pairTemplates, neighbours, thawed]

const named = (name: string): Template => {
  const found = everyTemplate().find((t) => t.name === name)
  if (found === undefined) throw new Error(`no template ${name}`)
  return found
}

const c1 = c.containerNumber(1)
const c2 = c.containerNumber(2)

/** What goes wrong with one shows at the other, which goes on. */
const neighbours: Template = {
  name: 'one goes, its neighbour stays',
  programs: { [c1]: [forever], [c2]: [forever] },
  scripts: [
    async (client) => {
      for (const id of [c1, c2]) await client.call(c.create(id))
      for (const id of [c1, c2]) await client.call(c.start(id))
      await client.call(c.stop(c1, 0))
      await client.call(c.remove(c1))
    },
  ],
}

const thawed: Template = {
  name: 'paused, then running for good',
  programs: { [c1]: [forever] },
  scripts: [
    async (client) => {
      await client.call(c.create(c1))
      await client.call(c.start(c1))
      await client.call(c.pause(c1))
      await client.call(c.unpause(c1))
    },
  ],
}

const matrix: Array<readonly [string, string]> = []

/** Some show only where a crash strikes between two certain steps. */
const strideOf = (bug: PlantedBug): number =>
  bug === early.clearedProof || bug === storeBugs.halfBatch ? 1 : 3

const caught = (
  bug: PlantedBug,
  by: ReadonlyArray<string>,
  ...names: ReadonlyArray<string>
): void =>
  test(`M3 ${by.join(' and ')} notice when ${bug.name}`, async () => {
    const broken = await sweep(bug, names.map(named), strideOf(bug))
    const found = [...broken.keys()].sort().join(' ')
    matrix.push([bug.name, found])
    for (const id of by) assert.ok(broken.has(id), `${id} did not notice, only ${found}`)
  })

const stop = 'create, start, stop'
const exit = 'create, start, exit 0'
const pause = 'pause, unpause, remove by force'

caught(early.effectBeforeIntent, ['I2'], 'create')
caught(early.acknowledgedBeforeSync, ['J2', 'W12'], 'rename')
caught(early.blindProbe, ['W12'], stop)
caught(early.inventedExit, ['W5'], 'its monitor is killed')
caught(early.clearedProof, ['W3'], 'exec detached')
caught(early.eternalStranger, ['L1'], 'create')
caught(early.forgottenUnmount, ['W6'], stop)
caught(early.forgottenCgroup, ['W6'], exit)
caught(hostBugs.forgottenWritableLayer, ['W6'], 'create')
caught(hostBugs.forgottenDirectory, ['W6'], 'create')
caught(hostBugs.forgottenRuntimeState, ['W6'], exit)
caught(hostBugs.forgottenMonitor, ['W6'], exit)
caught(hostBugs.forgottenLayer, ['W6'], 'load, create, remove image')
caught(hostBugs.sparedProcesses, ['L3'], 'stop of a deaf container')
caught(hostBugs.unmountedNeighbour, ['W7'], neighbours.name)
caught(hostBugs.killedNeighbour, ['W7'], neighbours.name)
caught(hostBugs.lostExitRecord, ['W5'], exit)
caught(hostBugs.eternalLife, ['L2'], exit)
caught(hostBugs.wrongCode, ['W5'], 'stop of a deaf container')
caught(hostBugs.frozenForEver, ['W1'], thawed.name)
caught(hostBugs.throwingAdapter, ['D1'], pause)
caught(storeBugs.forgottenRequests, ['W12'], 'rename')
caught(storeBugs.halfBatch, ['L2'], 'run --rm')
caught(storeBugs.brokenChain, ['J5'], stop)
caught(storeBugs.alteredBytes, ['J5'], stop)
caught(storeBugs.forgottenTail, ['J6'], stop)
caught(storeBugs.swallowedError, ['J6'], stop)

test('the matrix is told, and there are at least 24 bugs in it', () => {
  for (const [bug, found] of matrix) console.log(`${found.padEnd(24)} ${bug}`)
  assert.ok(matrix.length >= 24)
})

test.run()
