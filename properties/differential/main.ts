/**
 * `npm run differential [-- SEQUENCES [SEED [docker|podman]]]`: random sequences on our engine and
 * on another one side by side; ends with a sum, fails with a difference that is not known.
 */
import { compareOn, type Compared, type Difference } from './compare.ts'
import { hasDocker, startDocker } from './docker-peer.ts'
import { startIsulad } from './isulad-peer.ts'
import type { Peer } from './peer.ts'
import { hasPodman, startPodman } from './podman-peer.ts'
import { sequenceOf } from './sequence.ts'
import { wordsOf } from './words.ts'

const sequences = Number(process.argv[2] ?? 300)
const firstSeed = Number(process.argv[3] ?? 1)
const only = process.argv[4]
const sideBySide = 4

const others: ReadonlyArray<readonly [string, () => boolean, () => Promise<Peer>]> = [
  ['docker', hasDocker, startDocker],
  ['podman', hasPodman, startPodman],
]

const told = (seed: number, ours: Peer, d: Difference): string => {
  const words = wordsOf(d.step, `s${seed}`, ours).join(' ')
  const was = Object.entries(d.before).map(([name, seen]) => `${name} ${seen.status}`)
  return (
    `seed ${seed}: ${words}\n    before: ${was.join(', ') || 'nothing'}\n` +
    `    ${d.what}\n      ours:   ${d.ours}\n      theirs: ${d.theirs}`
  )
}

interface Sum {
  steps: number
  differing: number
  readonly known: Map<string, number>
}

const count = (sum: Sum, { steps, known, unknown }: Compared): void => {
  sum.steps += steps
  if (unknown.length > 0) sum.differing += 1
  for (const name of known) sum.known.set(name, (sum.known.get(name) ?? 0) + 1)
}

const clear = async (pair: readonly [Peer, Peer], prefix: string): Promise<void> => {
  const names = ['one', 'two', 'spare'].map((name) => `${prefix}-${name}`)
  await Promise.all(pair.map((peer) => Promise.all(names.map((n) => peer.run(['rm', '-f', n])))))
}

const comparePair = async (pair: readonly [Peer, Peer]): Promise<Sum> => {
  const sum: Sum = { steps: 0, differing: 0, known: new Map() }
  let next = firstSeed
  const work = async (): Promise<void> => {
    while (next < firstSeed + sequences) {
      const seed = next
      next += 1
      const compared = await compareOn(pair, sequenceOf(seed), `s${seed}`)
      count(sum, compared)
      for (const difference of compared.unknown) console.log(told(seed, pair[0], difference))
      await clear(pair, `s${seed}`)
    }
  }
  await Promise.all(Array.from({ length: sideBySide }, work))
  return sum
}

const ours = await startIsulad()
let differing = 0
try {
  for (const [name, isThere, start] of others) {
    if (only !== undefined && only !== name) continue
    if (!isThere()) {
      console.log(
        `${name}: not installed (apt-get install ${name === 'docker' ? 'docker.io' : name})`,
      )
      continue
    }
    const peer = await start()
    try {
      const sum = await comparePair([ours, peer])
      differing += sum.differing
      console.log(
        `${name}: ${sequences} sequences from seed ${firstSeed}, ${sum.steps} steps, ` +
          `${sum.differing} sequences with a difference that is not known`,
      )
      for (const [known, times] of sum.known) console.log(`  known: ${known}: ${times} times`)
    } finally {
      await peer.dispose()
    }
  }
} finally {
  await ours.dispose()
}
process.exitCode = differing === 0 ? 0 : 1
