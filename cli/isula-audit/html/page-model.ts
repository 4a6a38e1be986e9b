/** What a page shows: the answer of one command, with the verdict, lanes and timeline around it. */
import type { AuditCheck, AuditFinding } from '../../../journal/audit/verdict.ts'
import { verifySource } from '../../../journal/audit/verify-source.ts'
import { Lanes, type Lane } from '../../../journal/explain/lanes.ts'
import { Timeline, type TimelineEntry } from '../../../journal/explain/timeline.ts'
import type { JournalSource } from '../../../journal/time-travel/source.ts'

export interface PageModel {
  readonly command: string
  readonly source: string
  /** RFC 3339, UTC. */
  readonly madeAt: string
  /** The command's answer for people. */
  readonly text: string
  readonly clean: boolean
  readonly records: number
  readonly checks: ReadonlyArray<AuditCheck>
  readonly findings: ReadonlyArray<AuditFinding>
  readonly notes: ReadonlyArray<string>
  readonly lanes: ReadonlyArray<Lane>
  /** The newest events, oldest first. */
  readonly timeline: ReadonlyArray<TimelineEntry>
}

export interface PageWish {
  readonly command: string
  readonly text: string
  readonly clean: boolean
  readonly findings: ReadonlyArray<AuditFinding>
  readonly checks: ReadonlyArray<AuditCheck>
  readonly madeAtMs: number
}

/** More would only make a page that no browser likes. */
const mostEvents = 20_000
const mostLanes = 2_000

/** Keeps the newest `most` without moving everything for each. */
const trimmed = <A>(all: A[], most: number): void => {
  if (all.length >= 2 * most) all.splice(0, all.length - most)
}

const cutNotes = (events: number, lanes: number): ReadonlyArray<string> => [
  ...(events > mostEvents ? [`only the newest ${mostEvents} of ${events} events are shown`] : []),
  ...(lanes > mostLanes ? [`only the newest ${mostLanes} of ${lanes} containers are shown`] : []),
]

export const pageModel = async (source: JournalSource, wish: PageWish): Promise<PageModel> => {
  const timeline = new Timeline()
  const lanes = new Lanes()
  const { seq, world } = source.beginning()
  for (const c of world?.containers.values() ?? []) lanes.begin(c, seq, c.created.wallMs)
  const entries: TimelineEntry[] = []
  let events = 0
  const verdict = await verifySource(source, (event) => {
    entries.push(timeline.entry(event))
    events += 1
    lanes.tell(event)
    trimmed(entries, mostEvents)
  })
  const all = lanes.all()
  const findings = [...verdict.findings, ...wish.findings]
  return {
    command: wish.command,
    source: source.label,
    madeAt: new Date(wish.madeAtMs).toISOString(),
    text: wish.text,
    clean: wish.clean && findings.length === 0,
    records: verdict.records,
    checks: [...verdict.checks, ...wish.checks],
    findings,
    notes: [...verdict.notes, ...cutNotes(events, all.length)],
    lanes: all.slice(-mostLanes),
    timeline: entries.slice(-mostEvents),
  }
}
