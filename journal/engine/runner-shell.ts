/** The thin async shell around the runner machine: calls ports, keeps deadlines, hands on ends. */
import * as E from 'fp-ts/lib/Either.js'
import type { Conclusion } from '../../domain/conclusion.ts'
import type { Plan } from '../../domain/plan.ts'
import { indeterminate } from '../../domain/ports/answer.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import { describeEffect, probeEffect, runEffect } from '../runner/interpreter.ts'
import { RunnerMachine, type Invocation, type Output, type RunAnswer } from '../runner/machine.ts'

export interface RunnerEvents {
  readonly concluded: (plan: Plan, conclusion: Conclusion) => void
  /** For traces: every invocation and its answer. */
  readonly traced: (line: string) => void
}

export class RunnerShell {
  readonly #machine = new RunnerMachine()
  readonly #ports: Ports
  readonly #events: RunnerEvents
  readonly #timers = new Set<() => void>()
  #stopped = false

  constructor(ports: Ports, events: RunnerEvents) {
    this.#ports = ports
    this.#events = events
  }

  due(entity: string, plans: ReadonlyArray<Plan>, suspect: boolean): void {
    if (!this.#stopped) this.#carryOut(this.#machine.due(entity, plans, suspect))
  }

  /** No new effect starts; answers that still come are dropped. */
  stop(): void {
    this.#stopped = true
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
  }

  get inFlight(): number {
    return this.#machine.inFlight
  }

  #now(): number {
    return this.#ports.clock.now().monoMs
  }

  #at(atMs: number, call: () => void): () => void {
    const cancel = this.#ports.timer.at(atMs, () => {
      this.#timers.delete(cancel)
      if (!this.#stopped) call()
    })
    this.#timers.add(cancel)
    return () => {
      this.#timers.delete(cancel)
      cancel()
    }
  }

  #carryOut(output: Output): void {
    for (const { plan, conclusion } of output.concluded) this.#events.concluded(plan, conclusion)
    for (const { lane, atMs } of output.wakes)
      this.#at(atMs, () => this.#carryOut(this.#machine.woke(lane, this.#now())))
    for (const invocation of output.invocations) this.#invoke(invocation)
  }

  #invoke(invocation: Invocation): void {
    const label = `${invocation.mode} ${describeEffect(invocation.effect)}`
    const answer = (a: RunAnswer): void => {
      if (this.#stopped) return
      this.#events.traced(`${label}: ${sayAnswer(a)}`)
      this.#carryOut(this.#machine.answered(invocation.number, a, this.#now()))
    }
    const cancel = this.#at(this.#now() + invocation.deadlineMs, () =>
      answer({
        _tag: 'Erred',
        error: indeterminate(`no answer within ${invocation.deadlineMs} ms`),
      }),
    )
    void this.#call(invocation).then((a) => {
      cancel()
      answer(a)
    })
  }

  async #call(invocation: Invocation): Promise<RunAnswer> {
    if (invocation.mode === 'probe') {
      const probed = await probeEffect(this.#ports, invocation.effect)()
      return E.isRight(probed)
        ? { _tag: 'Probed', probed: probed.right }
        : { _tag: 'Erred', error: probed.left }
    }
    const ran = await runEffect(this.#ports, invocation.effect)()
    return E.isRight(ran) ? { _tag: 'Ran', value: ran.right } : { _tag: 'Erred', error: ran.left }
  }
}

const sayAnswer = (a: RunAnswer): string => {
  switch (a._tag) {
    case 'Ran':
      return 'applied'
    case 'Probed':
      return `probed ${a.probed._tag}`
    case 'Erred':
      return a.error._tag === 'NotApplied'
        ? `not applied, ${a.error.errno} ${a.error.detail}`
        : `indeterminate, ${a.error.reason}`
  }
}
