/** `isula-audit recover --plan`: what a start of the daemon would do now; nothing is done. */
import * as E from 'fp-ts/lib/Either.js'
import {
  restartPlan,
  type PlannedEffect,
  type RestartPlan,
} from '../../../journal/audit/restart-plan.ts'
import type { Arguments } from '../arguments.ts'
import { failed, wrongUsage, type Answer, type SourceCommand } from '../command.ts'
import { hostFlags, outputFlags, sourceFlags } from '../flags.ts'
import { hostNow, lookAtHost, placeOf } from '../host/host-look.ts'
import type { OpenedSource } from '../sources/opened-source.ts'
import { section, shortStream } from '../text/table.ts'
import { notesText, Reading } from './reading.ts'

const effectText = ({ object, purpose, steps }: PlannedEffect): string => {
  const each = steps.map(({ effect, class: kind, probe }) =>
    kind === 'idempotent' ? effect : `${effect} (first asked: ${probe})`,
  )
  return `${shortStream(object)}: ${purpose}: ${each.join(', ')}`
}

const planText = (plan: RestartPlan): string => {
  const { findings, records, effects, waits } = plan
  const quiet = findings.length + records.length + effects.length + waits.length === 0
  return [
    `A start now would see that the run before ended so: ${plan.previous}\n`,
    section(
      'Found, and what it would decide:',
      findings.map((f) => `${shortStream(f.subject)}: ${f.found}: ${f.decided}`),
    ),
    section(
      'It would record, in this order:',
      records.map((r) => `${shortStream(r.stream)}: ${r.kind}: ${r.what}`),
    ),
    section('Then it would do:', effects.map(effectText)),
    section(
      'And wait:',
      waits.map(({ object, ms }) => `${shortStream(object)}: ${ms} ms`),
    ),
    quiet ? '\nNothing would have to be recovered.\n' : '',
  ].join('')
}

const run = async (args: Arguments, opened: OpenedSource): Answer => {
  if (!args.has('--plan')) return wrongUsage('recover needs --plan: it never does more')
  const place = placeOf(args, opened.root)
  if (E.isLeft(place)) return failed(place.left)
  const reading = new Reading(opened.journal)
  const past = await reading.stateAt(undefined)
  if (E.isLeft(past)) return failed(past.left)
  const { world, seq, wallMs } = past.right
  const observed = await lookAtHost(place.right, world)
  if (E.isLeft(observed)) return failed(observed.left)
  const plan = restartPlan({
    world,
    observation: observed.right,
    now: hostNow(),
    lastAliveWallMs: wallMs ?? 0,
  })
  const { clean, notes } = reading
  return E.right({
    clean,
    text: planText(plan) + notesText(notes),
    json: { source: opened.journal.label, seq, ...plan, notes },
  })
}

export const recover: SourceCommand = {
  kind: 'source',
  name: 'recover',
  synopsis: 'recover --plan',
  purpose:
    'Tells what a start of the daemon would find, record and do now, and why: the rules of the\n' +
    'daemon on the state of the journal and one look at this host. Nothing is done.',
  pathFirst: false,
  flags: [
    { name: '--plan', help: 'needed: there is no other form' },
    ...sourceFlags,
    ...hostFlags,
    ...outputFlags,
  ],
  run,
}
