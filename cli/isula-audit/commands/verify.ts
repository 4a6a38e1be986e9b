/** `isula-audit verify`: is the journal whole, does it make sense, does the host agree with it. */
import { setTimeout as sleep } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { unseenEnds } from '../../../journal/audit/ends.ts'
import { hostFindings } from '../../../journal/audit/host-check.ts'
import { checkOf, type AuditCheck, type AuditFinding } from '../../../journal/audit/verdict.ts'
import { verifySource } from '../../../journal/audit/verify-source.ts'
import type { World } from '../../../journal/fold/world.ts'
import type { Arguments } from '../arguments.ts'
import { failed, type Answer, type SourceCommand } from '../command.ts'
import { hostFlags, outputFlags, sourceFlags } from '../flags.ts'
import { lookAtHost, placeOf, type HostPlace } from '../host/host-look.ts'
import { orphanNamespaces } from '../host/net-namespaces.ts'
import type { OpenedSource } from '../sources/opened-source.ts'
import { verdictText } from '../text/verdict-text.ts'

/** What further parties say beside the journal itself. */
interface Said {
  readonly checks: ReadonlyArray<AuditCheck>
  readonly findings: ReadonlyArray<AuditFinding>
  readonly notes: ReadonlyArray<string>
}

const nothingSaid: Said = { checks: [], findings: [], notes: [] }

const together = (parts: ReadonlyArray<Said>): Said => ({
  checks: parts.flatMap((p) => p.checks),
  findings: parts.flatMap((p) => p.findings),
  notes: parts.flatMap((p) => p.notes),
})

const unsaid = (name: string, why: string): Said => ({
  checks: [{ name, ok: false, detail: why }],
  findings: [{ check: name, subject: name, detail: why }],
  notes: [],
})

const ofDaemon = (name: string): string => `daemon/${name}`

/** The daemon's own verdict: its live state, its snapshots, its host. */
const daemonSays = async ({ daemon }: OpenedSource): Promise<Said> => {
  if (daemon === undefined) return nothingSaid
  const verdict = await daemon()
  if (E.isLeft(verdict)) return unsaid(ofDaemon('audit'), verdict.left)
  return {
    checks: verdict.right.checks.map((c) => ({ ...c, name: ofDaemon(c.name) })),
    findings: verdict.right.findings.map((f) => ({ ...f, check: ofDaemon(f.check) })),
    notes: [],
  }
}

interface Look {
  readonly findings: ReadonlyArray<AuditFinding>
  readonly notes: ReadonlyArray<string>
}

const lookOnce = async (place: HostPlace, world: World): Promise<Either<string, Look>> => {
  const observed = await lookAtHost(place, world)
  if (E.isLeft(observed)) return observed
  const ends = unseenEnds(world, observed.right)
  return E.right({
    findings: [...hostFindings(world, observed.right), ...ends.findings],
    notes: ends.notes,
  })
}

/** Between two looks at a host with a living daemon (ms): what it is working on may end. */
const pauseMs = 300

const key = (f: AuditFinding): string => `${f.subject}\n${f.detail}`

/** A living daemon goes on meanwhile: only what two looks agree on is a finding. */
const lookAgain = async (
  opened: OpenedSource,
  place: HostPlace,
  first: Look,
): Promise<Either<string, Look>> => {
  if (opened.daemon === undefined || first.findings.length === 0) return E.right(first)
  await sleep(pauseMs)
  const { world } = await verifySource(opened.journal)
  const second = await lookOnce(place, world)
  if (E.isLeft(second)) return second
  const again = new Set(second.right.findings.map(key))
  return E.right({ ...second.right, findings: first.findings.filter((f) => again.has(key(f))) })
}

const hostSays = async (
  args: Arguments,
  opened: OpenedSource,
  world: World,
): Promise<Either<string, Said>> => {
  const place = placeOf(args, opened.root)
  if (E.isLeft(place)) return place
  const first = await lookOnce(place.right, world)
  const look = E.isLeft(first) ? first : await lookAgain(opened, place.right, first.right)
  if (E.isLeft(look)) return E.right(unsaid('host', look.left))
  const { findings, notes } = look.right
  const all = findings.map((f) => ({ ...f, check: 'host' }))
  const clean = 'the host holds what the journal says, and nothing of ours besides'
  return E.right({ checks: [checkOf('host', all, clean)], findings: all, notes })
}

const namespacesSay = (): Said => {
  const findings = orphanNamespaces().map((f) => ({ ...f, check: 'netns' }))
  const clean = 'no network namespace has our mark and no owner'
  return { checks: [checkOf('netns', findings, clean)], findings, notes: [] }
}

const run = async (args: Arguments, opened: OpenedSource): Answer => {
  const verdict = await verifySource(opened.journal)
  const wantsHost = args.has('--host')
  const host = wantsHost
    ? await hostSays(args, opened, verdict.world)
    : E.right<string, Said>(nothingSaid)
  if (E.isLeft(host)) return failed(host.left)
  const others = together([
    host.right,
    wantsHost || opened.daemon !== undefined ? namespacesSay() : nothingSaid,
    await daemonSays(opened),
  ])
  const checks = [...verdict.checks, ...others.checks]
  const findings = [...verdict.findings, ...others.findings]
  const ok = findings.length === 0 && checks.every((c) => c.ok)
  const json = {
    ok,
    source: opened.journal.label,
    records: verdict.records,
    head: verdict.head ?? null,
    ...(opened.stateHash === undefined ? {} : { stateHash: opened.stateHash }),
    checks,
    findings,
    notes: [...verdict.notes, ...others.notes],
  }
  return E.right({ ...others, clean: ok, json, text: verdictText(json) })
}

export const verify: SourceCommand = {
  kind: 'source',
  name: 'verify',
  synopsis: 'verify [PATH]',
  purpose:
    'Checks every byte, the hash chain, every event in its state, snapshots, and how containers\n' +
    'ended; of a living daemon its live state and its host too. PATH is as for --journal.',
  pathFirst: true,
  flags: [
    {
      name: '--host',
      help: 'compare this host with the state: orphans and missing things',
    },
    ...sourceFlags,
    ...hostFlags,
    ...outputFlags,
  ],
  run,
}
