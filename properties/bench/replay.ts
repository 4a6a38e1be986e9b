/** How long it takes to fold 100,000 events of 500 containers from a LevelDB journal. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { systemClock } from '../../adapters/ambient/clock.ts'
import { systemEntropy } from '../../adapters/ambient/entropy.ts'
import { systemTimer } from '../../adapters/ambient/timers.ts'
import { bootId, operationId } from '../../domain/identity.ts'
import { replay } from '../../journal/fold/replay.ts'
import { inProcessLock } from '../../journal/open/ownership.ts'
import { openJournal } from '../../journal/open/open-journal.ts'
import { percentile } from './percentiles.ts'
import { fillJournal } from './synthetic-journal.ts'

const runs = 7

export const benchReplay = async (events: number): Promise<string> => {
  const root = mkdtempSync(`${tmpdir()}/isulad-bench-`)
  const clock = systemClock()
  const identity = { boot: bootId('bench'), pid: process.pid, startTicks: 1 }
  const opened = await openJournal({
    root,
    identity,
    lock: inProcessLock(),
    clock,
    timer: systemTimer(clock),
    entropy: systemEntropy,
    ballastBytes: 1024 * 1024,
    onSideError: (error) => console.error(error),
  })
  if (opened._tag === 'Left') throw new Error(opened.left._tag)
  const journal = opened.right
  await fillJournal(journal.store(), events, operationId('bench'))
  const times: number[] = []
  let containers = 0
  for (let n = 0; n < runs; n += 1) {
    const begin = performance.now()
    const { folded, world } = await replay(journal.store(), false)
    times.push(performance.now() - begin)
    if (folded !== events) throw new Error(`${folded} of ${events} events were folded`)
    containers = world.containers.size
  }
  await journal.close()
  rmSync(root, { recursive: true, force: true })
  const took = [0.5, 0, 1].map((q) => percentile(times, q).toFixed(0))
  return (
    `replay of ${events} events over ${containers} containers, chain verified: ` +
    `median ${took[0]} ms (${took[1]} to ${took[2]} ms, ${runs} runs)`
  )
}
