/** What the daemon tells about itself on request: explanations, verdicts, recoveries. */
import { setTimeout as sleep } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Reports } from '../../adapters/rpc/rpc-options.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import { audit } from '../../journal/audit/audit.ts'
import type { AuditVerdict } from '../../journal/audit/verdict.ts'
import type { Engine } from '../../journal/engine/engine.ts'
import { explain } from '../../journal/explain/explain.ts'
import { recoveryReport } from '../../journal/recovery-report/report.ts'

export interface ReportParts {
  readonly engine: Engine
  readonly ports: Ports
  /** Of the journal's genesis; absent where the journal is only read. */
  readonly nonce: string | undefined
  /** Why the journal is only read, or undefined. */
  readonly quarantine: string | undefined
}

/** Between two looks at the host, so that work under way can end. */
const pauseMs = 50

/** A journal that is only read is never clean, however whole its provable part. */
const withQuarantine = (verdict: AuditVerdict, cause: string | undefined): AuditVerdict =>
  cause === undefined
    ? verdict
    : {
        ok: false,
        checks: [{ name: 'journal', ok: false, detail: cause }, ...verdict.checks],
        findings: [{ check: 'journal', subject: 'journal', detail: cause }, ...verdict.findings],
      }

const attempt = async <A>(run: () => Promise<A>): Promise<E.Either<string, A>> => {
  try {
    return E.right(await run())
  } catch (error) {
    return E.left(error instanceof Error ? error.message : String(error))
  }
}

export const reports = ({ engine, ports, nonce, quarantine }: ReportParts): Reports => ({
  explain: (container) => explain(engine.store, container),
  audit: () =>
    attempt(async () => {
      const verdict = await audit({
        store: () => engine.store,
        live: () => engine.world,
        observe: ports.observe,
        ...(nonce === undefined ? {} : { nonce }),
        pause: () => sleep(pauseMs),
      })
      return withQuarantine(verdict, quarantine)
    }),
  recovery: () => attempt(() => recoveryReport(engine.store)),
})
