/** The rules alone: a fold, `decide` and what is due, without a journal, a runner or a host. */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import { dueContainer } from '../../domain/container/due/due-container.ts'
import type { Container } from '../../domain/container/state.ts'
import { decide } from '../../domain/decide.ts'
import type { Decision } from '../../domain/decision.ts'
import type { DomainEvent } from '../../domain/event.ts'
import {
  bootId,
  operationId,
  type OperationId,
  type ProcessIdentity,
} from '../../domain/identity.ts'
import { dueLayer } from '../../domain/layer/due.ts'
import { dueVolume } from '../../domain/volume/due.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { Plan } from '../../domain/plan.ts'
import type { Now } from '../../domain/time.ts'
import { World } from '../../journal/fold/world.ts'

/** One emitted event with what the fold said of it. */
export interface Emitted {
  readonly event: DomainEvent
  readonly at: Now
  readonly legal: boolean
  /** The container before and after it, where it is a container's. */
  readonly before: Container | undefined
  readonly after: Container | undefined
}

const epochMs = 1_700_000_000_000

const intentOf = (event: DomainEvent): OperationId | undefined =>
  event._tag.endsWith('Requested') && 'operation' in event ? event.operation : undefined

export class PureEngine {
  readonly world = new World()
  readonly log: Emitted[] = []
  /** Intents whose outcome is still to come (W4). */
  readonly open = new Set<OperationId>()
  readonly outcomes = new Map<OperationId, Outcome[]>()
  now: Now
  readonly rules: typeof decide
  #operations = 0
  #pids = 100
  /** Ended without an event, since the host can be asked again (exec -d): the rest is history. */
  readonly #told = new Set<OperationId>()
  #boots = 1

  /** `rules` may be others than ours, to show that the properties notice (M3). */
  constructor(now: Partial<Now> = {}, rules: typeof decide = decide) {
    this.rules = rules
    this.now = { boot: bootId('boot-1'), monoMs: 0, wallMs: epochMs, ...now }
  }

  submit(command: Command): Decision {
    this.#operations += 1
    const operation = operationId(`op${this.#operations}`)
    const decision = this.rules(this.world, command, { now: this.now, operation })
    if (E.isRight(decision)) {
      for (const event of decision.right.events) this.#apply(event)
      for (const { operation: ended, outcome } of decision.right.resolved) {
        this.#end(ended, outcome)
        this.#told.add(ended)
      }
    }
    return decision
  }

  /** By any text: commands may name what never was. */
  container(id: string): Container | undefined {
    return [...this.world.containers.values()].find((c) => c.id === id)
  }

  newProcess(): ProcessIdentity {
    this.#pids += 1
    return { boot: this.now.boot, pid: this.#pids, startTicks: this.#pids }
  }

  /** What the runner would do now, in a fixed order. */
  plans(): ReadonlyArray<Plan> {
    return [
      ...[...this.world.containers.values()].flatMap((c) => dueContainer(c, this.now).plans),
      ...[...this.world.layers.values()].flatMap((l) => dueLayer(l).plans),
      ...[...this.world.volumes.values()].flatMap((v) => dueVolume(v).plans),
    ]
  }

  /** The clock goes on, and the engine's own commands that have become due are carried out. */
  advance(ms: number): void {
    this.now = { ...this.now, monoMs: this.now.monoMs + ms, wallMs: this.now.wallMs + ms }
    for (const c of [...this.world.containers.values()])
      for (const command of dueContainer(c, this.now).commands) this.submit(command)
  }

  reboot(): void {
    this.#boots += 1
    this.now = {
      boot: bootId(`boot-${this.#boots}`),
      monoMs: 0,
      wallMs: this.now.wallMs + 30_000,
    }
  }

  #apply(event: DomainEvent): void {
    const id = event._tag.startsWith('Container') && 'id' in event ? event.id : undefined
    const container = () => (id === undefined ? undefined : this.container(id))
    const before = container()
    const { change, legal, resolutions } = this.world.step(event, this.now)
    const intent = intentOf(event)
    if (intent !== undefined) this.open.add(intent)
    for (const { operation, outcome } of resolutions) this.#end(operation, outcome)
    this.world.apply(change)
    this.log.push({ event, at: this.now, legal, before, after: container() })
  }

  #end(operation: OperationId, outcome: Outcome): void {
    if (this.#told.has(operation)) return
    this.open.delete(operation)
    this.outcomes.set(operation, [...(this.outcomes.get(operation) ?? []), outcome])
  }
}
