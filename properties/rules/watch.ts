/** Shows a rule every event of a simulated run, over all its daemons, once each and in order. */
import * as E from 'fp-ts/lib/Either.js'
import { envelopeTime, type RecordedEvent } from '../../journal/engine/recorded-event.ts'
import { eventOfEnvelope } from '../../journal/engine/feed.ts'
import { World, type Change } from '../../journal/fold/world.ts'
import { decodeEnvelope } from '../../journal/record/envelope-codec.ts'
import type { JournalStore } from '../../journal/store/journal-store.ts'
import type { PlantedBug, PlantedParts } from '../../simulator/faults/planted.ts'
import { incarnation } from '../../simulator/host/host-state.ts'
import type { SimulatedHost } from '../../simulator/host/simulated-host.ts'
import type { Violation } from '../../simulator/run/violation.ts'
import type { CheckStep, HostFacts, Rule, RuleStep, Subject } from './rule.ts'

const factsOf = (host: SimulatedHost): HostFacts => ({
  living: (id) =>
    host
      .living(id)
      .flatMap(({ identity: { pid }, role, attempt }) =>
        role === 'stranger' ? [] : [{ pid, role, attempt }],
      ),
  isMounted: (id) => host.volatile.mounts.has(id),
  isFrozen: (id) => host.isFrozen(id),
  starts: (id, attempt) => host.notebook.starts.get(incarnation(id, attempt)) ?? 0,
})

/** The aggregate that a change is about, as it stands in `world`. */
const subjectOf = (change: Change, world: World): Subject => {
  switch (change.kind) {
    case 'container': {
      const container = world.container(change.id)
      return container === undefined ? {} : { container }
    }
    case 'image': {
      const image = world.image(change.id)
      return image === undefined ? {} : { image }
    }
    case 'layer': {
      const layer = world.layer(change.id)
      return layer === undefined ? {} : { layer }
    }
    case 'volume':
    case 'engine':
      return {}
  }
}

const readRecord = (bytes: Uint8Array): RecordedEvent => {
  const envelope = decodeEnvelope(bytes)
  const recorded = E.isRight(envelope) ? eventOfEnvelope(envelope.right) : undefined
  if (recorded === undefined) throw new Error('an event that was just written cannot be read')
  return recorded
}

/** The clients that bring a run to its end and empty the host: no fleet does that. */
const closing = /^(operator|cleaner)-/

interface Instant {
  readonly host: HostFacts
  readonly atMs: number
}

/** Folds what is durable and asks the rule about each event. */
class Watcher {
  readonly violations: Violation[] = []
  steps = 0
  readonly #name: string
  readonly #rule: Rule
  #check: CheckStep
  #world = new World()
  #seen = 0
  #isOver = false

  constructor(name: string, rule: Rule) {
    this.#name = name
    this.#rule = rule
    this.#check = rule()
  }

  /** A disk that lost its end is read from the start: the rule sees another history. */
  opened(store: JournalStore): void {
    if (store.head().seq >= this.#seen) return
    this.#check = this.#rule()
    this.#world = new World()
    this.#seen = 0
  }

  /** What became durable while nobody watched: the daemon died before it was told. */
  async catchUp(store: JournalStore, now: () => Instant): Promise<void> {
    for await (const { seq, bytes } of store.read(this.#seen + 1)) this.take(seq, bytes, now())
  }

  take(seq: number, bytes: Uint8Array, instant: Instant): void {
    if (seq !== this.#seen + 1) return
    this.#seen = seq
    const { event, envelope } = readRecord(bytes)
    if (closing.test(envelope.request)) this.#isOver = true
    const world = this.#world
    const { change } = world.step(event, envelopeTime(envelope))
    const before = subjectOf(change, world)
    world.apply(change)
    if (this.#isOver) return
    this.#ask({ event, envelope, before, after: subjectOf(change, world), world, ...instant })
  }

  #ask(step: RuleStep): void {
    this.steps += 1
    for (const said of this.#complaints(step))
      this.violations.push({ id: this.#name, detail: said, atMs: step.atMs })
  }

  /** An exception must not reach the engine, which would take it for a failed append. */
  #complaints(step: RuleStep): ReadonlyArray<string> {
    try {
      return this.#check(step)
    } catch (error) {
      return [`the rule threw: ${error instanceof Error ? (error.stack ?? '') : String(error)}`]
    }
  }
}

const nowOf = ({ host, ports }: PlantedParts): Instant => ({
  host: factsOf(host),
  atMs: host.timeOf(ports.clock.now().monoMs),
})

export interface Watched {
  /** Passed to a run like a planted bug; it changes nothing that the engine can see. */
  readonly attachment: PlantedBug
  readonly violations: ReadonlyArray<Violation>
  /** Events that the rule was asked about. */
  readonly steps: () => number
}

/** Both at once; `outer` sees what `inner` makes of ports and store. */
export const together = (outer: PlantedBug, inner: PlantedBug): PlantedBug => ({
  name: `${outer.name}; ${inner.name}`,
  ports: (ports) => {
    const made = inner.ports?.(ports) ?? ports
    return outer.ports?.(made) ?? made
  },
  store: (store, parts) => {
    const made = inner.store?.(store, parts) ?? store
    return outer.store?.(made, parts) ?? made
  },
})

/** Good for one run, up to its final clean-up. A rule that throws counts as one that complains. */
export const watchRule = (name: string, rule: Rule): Watched => {
  const watcher = new Watcher(name, rule)
  const attachment: PlantedBug = {
    name: `watched by: ${name}`,
    store: (store, parts) => {
      watcher.opened(store)
      let reading: Promise<void> | undefined
      const now = (): Instant => nowOf(parts)
      return {
        ...store,
        append: async (records) => {
          await (reading ??= watcher.catchUp(store, now))
          await store.append(records)
          for (const { seq, bytes } of records) watcher.take(seq, bytes, now())
        },
      }
    },
  }
  return { attachment, violations: watcher.violations, steps: () => watcher.steps }
}
