/** What a daemon that starts now would find, record and do: the real rules, and nothing is done. */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import { dueContainer } from '../../domain/container/due/due-container.ts'
import { decide } from '../../domain/decide.ts'
import type { RecoveryFinding } from '../../domain/engine/events.ts'
import { streamOf, type DomainEvent } from '../../domain/event.ts'
import { operationId, type BootId } from '../../domain/identity.ts'
import { dueLayer } from '../../domain/layer/due.ts'
import { dueVolume } from '../../domain/volume/due.ts'
import type { Due, Plan } from '../../domain/plan.ts'
import { effectTable } from '../../domain/ports/effects.ts'
import type { HostObservation } from '../../domain/ports/observation.ts'
import { recover } from '../../domain/recovery/recover.ts'
import type { Now } from '../../domain/time.ts'
import { eventSentence } from '../explain/event-sentences.ts'
import type { World } from '../fold/world.ts'

export interface PlannedRecord {
  readonly stream: string
  readonly kind: string
  readonly what: string
}

export interface PlannedEffect {
  readonly object: string
  /** `Launch`, `Release`, … */
  readonly purpose: string
  readonly steps: ReadonlyArray<{
    readonly effect: string
    /** `idempotent`: done again blindly. Otherwise the host is asked first, and how. */
    readonly class: string
    readonly probe: string
  }>
}

export interface RestartPlan {
  /** How the last run ended, as the next one sees it. */
  readonly previous: string
  readonly findings: ReadonlyArray<RecoveryFinding>
  /** In the order in which they would be recorded. */
  readonly records: ReadonlyArray<PlannedRecord>
  readonly effects: ReadonlyArray<PlannedEffect>
  /** Deadlines of this boot that would be waited for, in ms from now. */
  readonly waits: ReadonlyArray<{ readonly object: string; readonly ms: number }>
}

export interface RestartInput {
  /** The durable fold; it is copied. */
  readonly world: World
  readonly observation: HostObservation
  readonly now: Now
  /** Wall time (ms) of the newest event. */
  readonly lastAliveWallMs: number
}

/** Carries commands out on a copy of the state and keeps what they record. */
class Rehearsal {
  readonly world: World
  readonly records: PlannedRecord[] = []
  readonly #now: Now
  #operations = 0

  constructor(world: World, now: Now) {
    this.world = world.copy()
    this.#now = now
  }

  submit(command: Command): ReadonlyArray<DomainEvent> {
    this.#operations += 1
    const operation = operationId(`planned-${this.#operations}`)
    const decision = decide(this.world, command, { now: this.#now, operation })
    if (E.isLeft(decision)) return []
    for (const event of decision.right.events) {
      this.world.apply(this.world.evolve(event, this.#now))
      this.records.push({
        stream: streamOf(event),
        kind: event._tag,
        what: eventSentence(event),
      })
    }
    return decision.right.events
  }
}

const effectOf = (object: string, { subject, steps }: Plan): PlannedEffect => ({
  object,
  purpose: subject._tag,
  steps: steps.map(({ _tag }) => ({
    effect: _tag,
    class: effectTable[_tag].class,
    probe: effectTable[_tag].probe,
  })),
})

const duesOf = (world: World, now: Now): ReadonlyArray<readonly [string, Due]> =>
  [
    ...[...world.containers.values()].map(
      (c) => [`container:${c.id}`, dueContainer(c, now)] as const,
    ),
    ...[...world.layers.values()].map((l) => [`layer:${l.id}`, dueLayer(l)] as const),
    ...[...world.volumes.values()].map((v) => [`volume:${v.id}`, dueVolume(v)] as const),
  ].filter(([object]) => world.quarantined(object) === undefined)

/** The engine's own commands lead to new states, which may have more: in earnest this ends. */
const mostRounds = 10

const settle = (rehearsal: Rehearsal, now: Now): ReadonlyArray<readonly [string, Due]> => {
  let dues = duesOf(rehearsal.world, now)
  for (let round = 1; round < mostRounds; round += 1) {
    const recorded = dues.flatMap(([, due]) => due.commands.flatMap((c) => rehearsal.submit(c)))
    if (recorded.length === 0) break
    dues = duesOf(rehearsal.world, now)
  }
  return dues
}

const startOf = (rehearsal: Rehearsal, boot: BootId): string => {
  const [started] = rehearsal.submit({
    _tag: 'RecordEngineStarted',
    version: 'the next',
    boot,
    pid: 0,
  })
  return started?._tag === 'EngineStarted' ? started.previous : 'none'
}

/** Pure; `world` and `observation` should be of one moment. */
export const restartPlan = (input: RestartInput): RestartPlan => {
  const { observation, now, lastAliveWallMs } = input
  const rehearsal = new Rehearsal(input.world, now)
  const previous = startOf(rehearsal, now.boot)
  const { commands, findings } = recover({
    containers: [...rehearsal.world.containers.values()],
    layers: [...rehearsal.world.layers.values()],
    volumes: [...rehearsal.world.volumes.values()],
    observation,
    look: { now, lastAliveWallMs },
    quarantined: rehearsal.world.quarantined,
  })
  for (const command of commands) rehearsal.submit(command)
  rehearsal.submit({ _tag: 'RecordRecovery', findings })
  const dues = settle(rehearsal, now)
  return {
    previous,
    findings,
    records: rehearsal.records.slice(1),
    effects: dues.flatMap(([object, due]) => due.plans.map((plan) => effectOf(object, plan))),
    waits: dues.flatMap(([object, { wakeAt }]) =>
      wakeAt === undefined ? [] : [{ object, ms: Math.max(0, Math.round(wakeAt - now.monoMs)) }],
    ),
  }
}
