/** Runs one sequence on two engines, step by step, and tells each difference. */
import type { Ran } from '../harness/run.ts'
import { knownDifference } from './known.ts'
import type { Peer } from './peer.ts'
import { seenOf, type Seen } from './seen.ts'
import type { Name, Step } from './sequence.ts'
import { fullName, wordsOf } from './words.ts'

/** What one step did on one engine. */
export interface Done {
  readonly ran: Ran
  /** Every container of the sequence that there is afterwards. */
  readonly after: Readonly<Partial<Record<Name, Seen>>>
}

export interface Difference {
  readonly step: Step
  /** `exit code`, `output`, `two is there`, `state of one: exitCode`, … */
  readonly what: string
  readonly ours: string
  readonly theirs: string
  /** Containers as they stood on our engine before the step. */
  readonly before: Done['after']
}

export interface Compared {
  readonly steps: number
  readonly known: ReadonlyArray<string>
  readonly unknown: ReadonlyArray<Difference>
}

const names: ReadonlyArray<Name> = ['one', 'two', 'spare']
/** A state that is still to come (an exit, a removal) is waited for so long. */
const settleMs = 4_000

const look = async (peer: Peer, prefix: string): Promise<Done['after']> => {
  const found = names.map(async (name): Promise<readonly [Name, Seen] | undefined> => {
    const { code, stdout } = await peer.run([
      'inspect',
      ...(peer.name === 'podman' ? ['--type', 'container'] : []),
      fullName(prefix, name),
    ])
    if (code !== 0) return undefined
    const [document] = JSON.parse(stdout) as ReadonlyArray<unknown>
    const seen = seenOf(document)
    return [name, peer.showsConfig ? seen : { ...seen, config: {} }]
  })
  return Object.fromEntries((await Promise.all(found)).flatMap((one) => (one ? [one] : [])))
}

/** Only these have a meaning for the code besides "done" and "failed". */
const hasOwnCode = ({ verb }: Step): boolean =>
  verb === 'run' || verb === 'exec' || verb === 'look inside'

const codeOf = (step: Step, { code }: Ran): string =>
  hasOwnCode(step) ? String(code) : code === 0 ? 'done' : 'failed'

/** What a command prints beside the container's output is each engine's own. */
const outputOf = (step: Step, { code, stdout }: Ran): string => {
  switch (step.verb) {
    case 'list':
      return stdout.split('\n').sort().join('\n').trim()
    case 'wait':
      return code === 0 ? stdout.trim() : ''
    case 'run':
    case 'exec':
    case 'logs':
    case 'look inside':
      return stdout
    default:
      return ''
  }
}

const text = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

const stateDifferences = (name: Name, ours: Seen, theirs: Seen) => {
  const flat = ({ config, ...state }: Seen): Record<string, unknown> => ({ ...state, ...config })
  const [a, b] = [flat(ours), flat(theirs)]
  return Object.keys(a)
    .filter((key) => key in b && text(a[key]) !== text(b[key]))
    .map((key) => ({ what: `state of ${name}: ${key}`, ours: text(a[key]), theirs: text(b[key]) }))
}

const differences = (step: Step, ours: Done, theirs: Done, before: Done['after']) => {
  const found: Array<Omit<Difference, 'step' | 'before'>> = []
  const compare = (what: string, a: string, b: string): void => {
    if (a !== b) found.push({ what, ours: a, theirs: b })
  }
  compare('exit code', codeOf(step, ours.ran), codeOf(step, theirs.ran))
  compare('output', outputOf(step, ours.ran), outputOf(step, theirs.ran))
  for (const name of names) {
    const [a, b] = [ours.after[name], theirs.after[name]]
    compare(`${name} is there`, String(a !== undefined), String(b !== undefined))
    if (a !== undefined && b !== undefined) found.push(...stateDifferences(name, a, b))
  }
  return found.map((one): Difference => ({ step, before, ...one }))
}

/**
 * `wait` on what has not ended would block both engines. What an engine gives to a container that
 * asks for nothing can be compared only where its defaults are Docker's.
 */
const isPossible = (step: Step, before: Done['after'], theirs: Peer): boolean =>
  (step.verb !== 'wait' || before[step.name]?.status === 'exited') &&
  (step.verb !== 'look inside' || theirs.showsConfig)

const both = async (pair: readonly [Peer, Peer], step: Step, prefix: string) => {
  const [ours, theirs] = await Promise.all(
    pair.map(async (peer) => ({ peer, ran: await peer.run(wordsOf(step, prefix, peer)) })),
  )
  if (ours === undefined || theirs === undefined) throw new Error('two engines are compared')
  return { ours, theirs }
}

/** The sequence ends with its first difference: behind it the engines are in different states. */
export const compareOn = async (
  pair: readonly [Peer, Peer],
  steps: ReadonlyArray<Step>,
  prefix: string,
): Promise<Compared> => {
  let before: Done['after'] = {}
  let count = 0
  const known: string[] = []
  for (const step of steps) {
    if (!isPossible(step, before, pair[1])) continue
    const { ours, theirs } = await both(pair, step, prefix)
    count += 1
    const deadline = Date.now() + settleMs
    for (;;) {
      const [a, b] = await Promise.all([look(pair[0], prefix), look(pair[1], prefix)])
      const found = differences(
        step,
        { ran: ours.ran, after: a },
        { ran: theirs.ran, after: b },
        before,
      )
      const strange = found.filter((one) => knownDifference(one) === undefined)
      const isSettled = strange.every(({ what }) => what === 'exit code' || what === 'output')
      if (found.length === 0 || isSettled || Date.now() > deadline) {
        known.push(...found.flatMap((one) => knownDifference(one)?.name ?? []))
        if (strange.length > 0) return { steps: count, known, unknown: strange }
        const diverged = found.some((one) => knownDifference(one)?.ends === true)
        if (diverged) return { steps: count, known, unknown: [] }
        before = a
        break
      }
      await new Promise((r) => setTimeout(r, 100))
    }
  }
  return { steps: count, known, unknown: [] }
}
