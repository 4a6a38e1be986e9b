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
import { fillJournal } from './synthetic-journal.ts'

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
  const begin = performance.now()
  const { folded, world } = await replay(journal.store(), false)
  const took = (performance.now() - begin).toFixed(0)
  await journal.close()
  rmSync(root, { recursive: true, force: true })
  return `replay: ${folded} events over ${world.containers.size} containers in ${took} ms`
}
