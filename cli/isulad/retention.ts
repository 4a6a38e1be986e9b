/** Lets the daemon's journal give its oldest records to archives while nothing else is to do. */
import * as E from 'fp-ts/lib/Either.js'
import type { JournalRetain } from '../../domain/config/journal-retain.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { Engine, EngineLog } from '../../journal/engine/engine.ts'
import { ownSubmitter } from '../../journal/engine/submission.ts'
import type { OpenJournal } from '../../journal/open/open-journal.ts'
import {
  archiveBytes,
  journalLimitBytes,
  requestMemoryMs,
} from '../../journal/retention/retention-limits.ts'
import { RetentionLoop } from '../../journal/retention/retention-loop.ts'
import { Retention } from '../../journal/retention/retention.ts'

export interface DaemonRetention {
  readonly engine: Engine
  readonly journal: OpenJournal
  readonly ports: Pick<Ports, 'clock' | 'timer'>
  readonly limits: JournalRetain
  readonly log: EngineLog
}

/** Not started yet. */
export const daemonRetention = (parts: DaemonRetention): RetentionLoop => {
  const { engine, journal, ports, limits, log } = parts
  const retention = new Retention({
    store: journal.store,
    files: journal.archives,
    nonce: journal.nonce,
    world: () => engine.world,
    record: async (command) => E.isRight(await engine.submit(command, ownSubmitter('engine'))),
    journalBytes: journal.sizeBytes,
    reclaim: journal.reclaim,
    limits,
    journalLimitBytes,
    archiveBytes,
    requestMemoryMs,
    wallMs: () => ports.clock.now().wallMs,
  })
  return new RetentionLoop({
    run: (isStopped) => retention.run(isStopped),
    isIdle: () => engine.effectsInFlight === 0,
    clock: ports.clock,
    timer: ports.timer,
    log,
  })
}
