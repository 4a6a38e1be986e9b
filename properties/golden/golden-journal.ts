/** Golden journals: exports of a release with the state that each folds to. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { foldEnvelope } from '../../journal/fold/replay.ts'
import { stateHash } from '../../journal/fold/world-snapshot.ts'
import { World } from '../../journal/fold/world.ts'
import { importCheck } from '../../journal/open/export.ts'
import { decodeEnvelope } from '../../journal/record/envelope-codec.ts'

export const goldenFolder = import.meta.dirname
export const statesName = 'states.json'

/** By name of the journal, without its suffix. */
export const States = t.record(
  t.string,
  t.strict({ records: t.number, stateHash: t.string, kinds: t.readonlyArray(t.string) }),
)
export type States = t.TypeOf<typeof States>

export interface Golden {
  readonly release: string
  readonly name: string
  readonly lines: ReadonlyArray<string>
  readonly state: States[string] | undefined
}

const releases = (): ReadonlyArray<string> =>
  readdirSync(goldenFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()

const statesOf = (release: string): States => {
  const text = readFileSync(join(goldenFolder, release, statesName), 'utf8')
  const states = States.decode(JSON.parse(text))
  if (E.isLeft(states)) throw new Error(`${release}/${statesName} is not a list of states`)
  return states.right
}

/** Every golden journal of every release. */
export const goldenJournals = (): ReadonlyArray<Golden> =>
  releases().flatMap((release) => {
    const states = statesOf(release)
    return readdirSync(join(goldenFolder, release))
      .filter((file) => file.endsWith('.jsonl'))
      .sort()
      .map((file) => {
        const name = file.slice(0, -'.jsonl'.length)
        const text = readFileSync(join(goldenFolder, release, file), 'utf8')
        return { release, name, lines: text.trimEnd().split('\n'), state: states[name] }
      })
  })

async function* each(lines: ReadonlyArray<string>): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line)
}

const recordPrefix = /^\{"hash":"[0-9a-f]{64}","envelope":/

const envelopeBytes = (line: string): Uint8Array =>
  Buffer.from(line.replace(recordPrefix, '').slice(0, -1), 'utf8')

/** Proves the export, decodes and upcasts every record, folds. Throws with the first flaw. */
export const foldLines = async (
  lines: ReadonlyArray<string>,
): Promise<States[string] & { readonly unreadable: ReadonlyArray<string> }> => {
  const verdict = await importCheck(each(lines))
  if (E.isLeft(verdict)) throw new Error(`line ${verdict.left.line}: ${verdict.left.detail}`)
  const world = new World()
  const kinds = new Set<string>()
  for (const line of lines.slice(1, -1)) {
    const envelope = decodeEnvelope(envelopeBytes(line))
    if (E.isLeft(envelope)) throw new Error(envelope.left)
    kinds.add(envelope.right.kind)
    foldEnvelope(world, envelope.right)
  }
  return {
    records: verdict.right.records,
    stateHash: stateHash(world),
    kinds: [...kinds].sort(),
    unreadable: [...world.quarantine.values()],
  }
}
