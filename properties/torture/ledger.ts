/** What clients were told: the oracle that lives outside of the daemon. */

export type Verb = 'create' | 'start' | 'exec' | 'stop' | 'rm'

/** Every attempt is written down before it is made, its acknowledgement after. */
export interface Attempt {
  readonly name: string
  readonly verb: Verb
  acknowledged: boolean
}

/** What the ledger demands of one container after a crash. */
export type Demand = 'present' | 'absent' | 'either'

export class Ledger {
  readonly #attempts = new Map<string, Attempt[]>()

  begin(name: string, verb: Verb): Attempt {
    const attempt: Attempt = { name, verb, acknowledged: false }
    const list = this.#attempts.get(name)
    if (list === undefined) this.#attempts.set(name, [attempt])
    else list.push(attempt)
    return attempt
  }

  get names(): ReadonlyArray<string> {
    return [...this.#attempts.keys()]
  }

  get acknowledged(): number {
    return [...this.#attempts.values()].flat().filter((a) => a.acknowledged).length
  }

  /** An unacknowledged operation may be done or undone, an acknowledged one must be there. */
  existence(name: string): Demand {
    const attempts = this.#attempts.get(name) ?? []
    const removal = attempts.find((a) => a.verb === 'rm')
    if (removal !== undefined) return removal.acknowledged ? 'absent' : 'either'
    const creation = attempts.find((a) => a.verb === 'create')
    return creation?.acknowledged === true ? 'present' : 'either'
  }

  /** Whether it must run: started for sure, and nobody has tried to stop or remove it since. */
  mustRun(name: string): boolean {
    const attempts = this.#attempts.get(name) ?? []
    const last = attempts.findLastIndex((a) => a.verb === 'start' && a.acknowledged)
    const after = attempts.slice(last + 1)
    return last !== -1 && !after.some((a) => a.verb === 'stop' || a.verb === 'rm')
  }

  /** Whether it must not run: stopped for sure, and nobody has tried to start it since. */
  mustNotRun(name: string): boolean {
    const attempts = this.#attempts.get(name) ?? []
    const last = attempts.findLastIndex((a) => a.verb === 'stop' && a.acknowledged)
    return last !== -1 && !attempts.slice(last + 1).some((a) => a.verb === 'start')
  }
}
