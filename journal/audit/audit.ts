/** The verdict on a journal, the states made from it, and the host: read only. */
import * as E from 'fp-ts/lib/Either.js'
import type { ObservePort } from '../../domain/ports/observation.ts'
import { stateHash } from '../fold/world-snapshot.ts'
import type { World } from '../fold/world.ts'
import { hostFindings } from './host-check.ts'
import { checkOf, type AuditCheck, type AuditFinding, type AuditVerdict } from './verdict.ts'
import { Walk, type WalkedStore } from './walk.ts'

export interface AuditParts {
  readonly store: () => WalkedStore
  /** The durable fold of the living engine. */
  readonly live: () => World
  /** Absent: the host is not looked at. */
  readonly observe?: ObservePort
  /** Of the journal's genesis; absent: the first link is not checked. */
  readonly nonce?: string
  /** Lets pending work go on; called between two looks. */
  readonly pause: () => Promise<void>
}

/** The engine goes on meanwhile: the comparison is tried again at a quiet moment. */
const mostLooks = 20

/** Between the end of an append and its fold there is a moment without meaning. */
const sameAsLive = async (parts: AuditParts, walk: Walk): Promise<boolean> => {
  for (let look = 1; look <= mostLooks; look += 1) {
    await walk.run()
    const quiet = walk.isAtHead || walk.findings.some((f) => f.check === 'chain')
    if (quiet && stateHash(parts.live()) === stateHash(walk.world)) return true
    await parts.pause()
  }
  return false
}

const replayCheck = (walk: Walk, findings: ReadonlyArray<AuditFinding>): AuditCheck =>
  checkOf(
    'replay',
    findings,
    walk.snapshotSeq === undefined
      ? 'the fold of all records is the live state; there is no snapshot'
      : `the fold of all records is the live state and the snapshot at ${walk.snapshotSeq}`,
  )

const key = (f: AuditFinding): string => `${f.subject}\n${f.detail}`

/** Only what two looks agree on: in between, the engine may have done its work. */
const hostLooks = async (
  parts: AuditParts,
  observe: ObservePort,
): Promise<E.Either<string, ReadonlyArray<AuditFinding>>> => {
  let agreed: ReadonlyArray<AuditFinding> | undefined
  for (let look = 1; look <= 2; look += 1) {
    const observed = await observe.observe()()
    if (E.isLeft(observed)) {
      const error = observed.left
      return E.left(error._tag === 'NotApplied' ? `${error.errno}: ${error.detail}` : error.reason)
    }
    const seen = hostFindings(parts.live(), observed.right)
    const keys = new Set(seen.map(key))
    agreed = (agreed ?? seen).filter((f) => keys.has(key(f)))
    if (agreed.length === 0) break
    await parts.pause()
  }
  return E.right(agreed ?? [])
}

const hostCheck = async (
  parts: AuditParts,
): Promise<{ readonly check?: AuditCheck; readonly findings: ReadonlyArray<AuditFinding> }> => {
  if (parts.observe === undefined) return { findings: [] }
  const looked = await hostLooks(parts, parts.observe)
  if (E.isLeft(looked)) {
    const detail = `the host could not be observed: ${looked.left}`
    return { check: { name: 'host', ok: false, detail }, findings: [] }
  }
  const clean = 'the host holds what the journal says, and nothing of ours besides'
  return { check: checkOf('host', looked.right, clean), findings: looked.right }
}

const ofQuarantine = (world: World): ReadonlyArray<AuditFinding> =>
  [...world.quarantine].map(([subject, detail]) => ({ check: 'quarantine', subject, detail }))

export const audit = async (parts: AuditParts): Promise<AuditVerdict> => {
  const walk = new Walk(parts.store(), parts.nonce)
  const same = await sameAsLive(parts, walk)
  walk.checkHead()
  const detail = 'it differs from the fold of all records'
  const live: AuditFinding = { check: 'replay', subject: 'live state', detail }
  const host = await hostCheck(parts)
  const findings = [
    ...walk.findings,
    ...(same ? [] : [live]),
    ...ofQuarantine(parts.live()),
    ...host.findings,
  ]
  const checks = [
    checkOf('chain', findings, `${walk.seq} records give their hashes`),
    checkOf('density', findings, `sequence numbers 1 to ${walk.seq} and those of every stream`),
    checkOf('codec', findings, 'every record can be read'),
    checkOf('legality', findings, 'every event may follow those before it'),
    replayCheck(walk, findings),
    checkOf('quarantine', findings, 'no stream is out of use'),
    ...(host.check === undefined ? [] : [host.check]),
  ]
  return { ok: checks.every((c) => c.ok), checks, findings }
}
