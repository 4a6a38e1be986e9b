/** One port call in three steps of the schedule: invoked, applied (in parts), replied. */
import * as E from 'fp-ts/lib/Either.js'
import {
  indeterminate,
  notApplied,
  type Answer,
  type EffectError,
} from '../../domain/ports/answer.ts'
import { effectOf, possibleAt } from '../faults/effect-sites.ts'
import { undoByStranger } from '../faults/interference.ts'
import type { PlacedFault } from '../plan/plan.ts'
import type { DaemonLife } from './daemon-life.ts'

/** A part of an effect on the host; an error ends the call, the parts before it stay. */
export type Part = () => EffectError | undefined

export interface Effective<A> {
  readonly label: string
  /** The intent that must be durable before the call (I2); undefined where none is needed. */
  readonly intent: string | undefined
  readonly parts: readonly [Part, ...ReadonlyArray<Part>]
  readonly value: () => A
  /** Another process does the work and may finish it without the daemon (launch, exec). */
  readonly independent?: boolean
}

const checkIntent = (d: DaemonLife, label: string, intent: string | undefined): void => {
  if (intent !== undefined && !d.isIntended(intent))
    d.violated('I2', `${label} before ${intent} was durable`)
}

/** How long another process takes for its part (ms): it may well race with the next daemon. */
const independentMs = [1, 6, 12, 310] as const

/** The rest of the parts, without anybody who waits for them. */
const goOn = (d: DaemonLife, parts: ReadonlyArray<Part>): void => {
  const [part, ...rest] = parts
  if (part === undefined) return
  const atMs = d.scheduler.nowMs + d.prng.pick(independentMs)
  const run = (): void => {
    if (part() === undefined) goOn(d, rest)
  }
  d.scheduler.add({ owner: 'host', kind: 'work', atMs, run })
}

type Told<A> = (answer: E.Either<EffectError, A>, said: string) => void

/** The steps of one call that is under way. */
class Call<A> {
  readonly #d: DaemonLife
  readonly #call: Effective<A>
  readonly #reply: Told<A>

  constructor(d: DaemonLife, call: Effective<A>, reply: Told<A>) {
    this.#d = d
    this.#call = call
    this.#reply = reply
  }

  invoke(): void {
    const { label } = this.#call
    const d = this.#d
    if (d.dies(`${label}: not invoked`)) return
    d.countEffect()
    d.trace(`${label}: invoked`)
    checkIntent(d, label, this.#call.intent)
    const effect = effectOf(label)
    const fault = effect === undefined ? undefined : d.faults.strike(label, possibleAt(effect))
    if (fault !== undefined) d.trace(`FAULT ${fault.kind} ${fault.detail} at ${label}`)
    this.#begin(fault)
  }

  #begin(fault: PlacedFault | undefined): void {
    const d = this.#d
    switch (fault?.kind) {
      case 'effect-errno':
      case 'out-of-descriptors':
      case 'out-of-memory':
      case 'out-of-inodes':
        return this.#refuse(fault.detail)
      case 'effect-hang':
        return fault.detail === 'applied' ? this.#applySoon(this.#silent) : undefined
      case 'effect-error-but-applied':
        return this.#applySoon(() => this.#answer(lostAnswer))
      case 'effect-slow': {
        const atMs = d.scheduler.nowMs + Number(fault.detail)
        const run = (): void => this.#apply(0, this.#applied)
        return void d.scheduler.add({ owner: d.owner, kind: 'work', atMs, run })
      }
      case 'effect-undone':
        return this.#applySoon(() => {
          this.#applied()
          undoByStranger(d.host, this.#call.label)
        })
      default:
        return this.#applySoon(this.#applied)
    }
  }

  readonly #applied = (): void => this.#reply(E.right(this.#call.value()), 'applied')
  readonly #silent = (): void => this.#d.trace(`${this.#call.label}: applied, never answered`)

  #answer(error: EffectError): void {
    const why = error._tag === 'NotApplied' ? `${error.errno} ${error.detail}` : error.reason
    this.#reply(E.left(error), `${error._tag} ${why}`)
  }

  #refuse(errno: string): void {
    this.#d.scheduler.soon(this.#d.owner, () => this.#answer(notApplied(errno, 'by the host')))
  }

  #applySoon(whenApplied: () => void): void {
    this.#d.scheduler.soon(this.#d.owner, () => this.#apply(0, whenApplied))
  }

  #apply(number: number, whenApplied: () => void): void {
    const d = this.#d
    const { label, parts, independent } = this.#call
    const error = parts[number]?.()
    if (error !== undefined) return this.#answer(error)
    const rest = parts.slice(number + 1)
    if (rest.length === 0) {
      if (!d.dies(`${label}: applied, reply lost`)) whenApplied()
      return
    }
    if (d.dies(`${label}: half applied`)) return
    if (independent === true && d.dies(`${label}: half applied, goes on`, () => goOn(d, rest)))
      return
    d.scheduler.soon(d.owner, () => this.#apply(number + 1, whenApplied))
  }
}

const lostAnswer = indeterminate('the answer was lost')

export const effective =
  <A>(d: DaemonLife, call: Effective<A>): Answer<A> =>
  () =>
    new Promise((resolve) => {
      if (!d.isAlive()) return
      const reply: Told<A> = (answer, said) =>
        void d.scheduler.soon(d.owner, () => {
          d.trace(`${call.label}: ${said}`)
          resolve(answer)
        })
      d.scheduler.soon(d.owner, () => new Call(d, call, reply).invoke())
    })

/** A call that changes nothing: it sees the host at one instant. */
export const reading =
  <A>(d: DaemonLife, label: string, look: () => A): Answer<A> =>
  () =>
    new Promise((resolve) => {
      if (!d.isAlive()) return
      d.scheduler.soon(d.owner, () => {
        const seen = look()
        if (d.dies(`${label}: read, reply lost`)) return
        d.scheduler.soon(d.owner, () => resolve(E.right(seen)))
      })
    })
