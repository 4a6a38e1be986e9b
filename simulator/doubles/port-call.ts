/** One port call in three steps of the schedule: invoked, applied (in parts), replied. */
import * as E from 'fp-ts/lib/Either.js'
import type { Answer, EffectError } from '../../domain/ports/answer.ts'
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

export const effective =
  <A>(d: DaemonLife, call: Effective<A>): Answer<A> =>
  () =>
    new Promise((resolve) => {
      const { label, parts } = call
      const reply = (answer: E.Either<EffectError, A>, said: string): void => {
        d.scheduler.soon(d.owner, () => {
          d.trace(`${label}: ${said}`)
          resolve(answer)
        })
      }
      const apply = (number: number): void => {
        const error = parts[number]?.()
        if (error !== undefined) {
          const why = error._tag === 'NotApplied' ? `${error.errno} ${error.detail}` : error.reason
          return reply(E.left(error), `${error._tag} ${why}`)
        }
        const rest = parts.slice(number + 1)
        if (rest.length === 0) {
          if (d.dies(`${label}: applied, reply lost`)) return
          return reply(E.right(call.value()), 'applied')
        }
        if (d.dies(`${label}: half applied`)) return
        const independent = call.independent === true
        if (independent && d.dies(`${label}: half applied, goes on`, () => goOn(d, rest))) return
        d.scheduler.soon(d.owner, () => apply(number + 1))
      }
      if (!d.isAlive()) return
      d.scheduler.soon(d.owner, () => {
        if (d.dies(`${label}: not invoked`)) return
        d.trace(`${label}: invoked`)
        checkIntent(d, label, call.intent)
        d.scheduler.soon(d.owner, () => apply(0))
      })
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
