/** What a lifecycle rule of one's own looks at: each event, the state around it, the host. */
import type { Container } from '../../domain/container/state.ts'
import type { DomainEvent } from '../../domain/event.ts'
import type { HostView } from '../../domain/host-view.ts'
import type { ContainerId } from '../../domain/identity.ts'
import type { Image } from '../../domain/image/state.ts'
import type { Layer } from '../../domain/layer/state.ts'
import type { Envelope } from '../../journal/record/envelope.ts'

/** The object that an event is about; no member for events of the engine itself. */
export interface Subject {
  readonly container?: Container
  readonly image?: Image
  readonly layer?: Layer
}

export interface HostProcessFact {
  readonly pid: number
  readonly role: 'init' | 'monitor' | 'exec' | 'exec-monitor'
  /** Which start of the container it belongs to, from 1. */
  readonly attempt: number
}

/** The simulated host as it really is, whatever the engine believes. */
export interface HostFacts {
  readonly living: (id: ContainerId) => ReadonlyArray<HostProcessFact>
  readonly isMounted: (id: ContainerId) => boolean
  readonly isFrozen: (id: ContainerId) => boolean
  /** How often the user's process of that attempt was begun. */
  readonly starts: (id: ContainerId, attempt: number) => number
}

/** One event at the instant at which it became durable. */
export interface RuleStep {
  readonly event: DomainEvent
  /** Who caused it, when, under which request. */
  readonly envelope: Envelope
  readonly before: Subject
  readonly after: Subject
  /** Everything that the journal tells, this event included. Valid during the call only. */
  readonly world: HostView
  readonly host: HostFacts
  /** Simulated time since the run began, ms. */
  readonly atMs: number
}

/** Answers what is wrong with a step; an empty list when nothing is. */
export type CheckStep = (step: RuleStep) => ReadonlyArray<string>

/** Called once per run, so that a rule may remember things; it must draw on nothing else. */
export type Rule = () => CheckStep
