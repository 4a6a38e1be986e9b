/**
 * Writes the golden journals of the present release; a journal is never replaced. `states` folds
 * all journals anew and writes their hashes: for a change of the state's shape, seen in review.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { domainEvents, type DomainEvent } from '../../domain/event.ts'
import { EngineRig } from '../../journal/engine/testing/engine-rig.ts'
import { exportLines } from '../../journal/open/export.ts'
import { encodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { chainHash, genesisHash } from '../../journal/record/hash-chain.ts'
import type { StoredRecord } from '../../journal/store/journal-store.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { envelopesOf, eventsOf } from '../journal/event-arbitraries.ts'
import {
  foldLines,
  goldenFolder,
  goldenJournals,
  statesName,
  type States,
} from './golden-journal.ts'

const samplesPerKind = 4

/** One sample of each kind in order, then again: the later ones meet states. */
const everyKind = (): ReadonlyArray<DomainEvent> => {
  const perKind = domainEvents.map((codec, i) =>
    fc.sample(eventsOf(codec), { seed: 1_000 + i, numRuns: samplesPerKind }),
  )
  return Array.from({ length: samplesPerKind }, (_, n) => n).flatMap((n) =>
    perKind.flatMap((events) => events[n] ?? []),
  )
}

const chained = (
  nonce: string,
  events: ReadonlyArray<DomainEvent>,
): ReadonlyArray<StoredRecord> => {
  let previous = genesisHash(nonce)
  return envelopesOf(events).map((envelope) => {
    const bytes = encodeEnvelope(envelope)
    previous = chainHash(previous, bytes)
    return { seq: envelope.seq, hash: previous, bytes }
  })
}

/** What a small engine writes: legal from the first record to the last. */
const busyEngine = async (): Promise<ReadonlyArray<StoredRecord>> => {
  const [one, two] = [c.containerNumber(1), c.containerNumber(2)]
  const [three, four] = [c.containerNumber(3), c.containerNumber(4)]
  const rig = await new EngineRig().open()
  await rig.ok(c.load(c.sampleImage(1)))
  await rig.ok(c.load(c.sampleImage(2)))
  await rig.ok(c.create(one))
  await rig.ok(c.create(two, { image: 2, restart: { Name: 'always', MaximumRetryCount: 0 } }))
  await rig.ok(c.createVolume(1))
  await rig.ok(c.create(three, { volumes: [c.named(1), c.anonymous(1)] }))
  await rig.ok(c.create(four, { from: [three] }))
  await rig.ok(c.remove(three))
  await rig.ok(c.remove(four, false, true))
  await rig.ok(c.start(one))
  await rig.ok(c.start(two))
  await rig.ok(c.pause(one))
  await rig.ok(c.unpause(one))
  void rig.submit(c.exec(one, { args: ['forever'] }))
  await rig.time.advance(100)
  await rig.ok(c.kill(two))
  await rig.time.advance(5_000)
  await rig.restart()
  await rig.ok(c.rename(one, 'renamed'))
  await rig.ok(c.remove(two, true))
  await rig.engine.stop('SIGTERM')
  return rig.journal.records()
}

async function* oneByOne(records: ReadonlyArray<StoredRecord>): AsyncGenerator<StoredRecord> {
  for (const record of records) yield await Promise.resolve(record)
}

const linesOf = async (nonce: string, records: ReadonlyArray<StoredRecord>) => {
  const lines: Array<string> = []
  const start = { nonce, from: 1, previous: genesisHash(nonce) }
  for await (const line of exportLines(start, oneByOne(records))) lines.push(line)
  return lines
}

const release = (): string => {
  const text = readFileSync(join(goldenFolder, '../../package.json'), 'utf8')
  const { version } = JSON.parse(text) as { readonly version: string }
  return version
}

const write = async (): Promise<string> => {
  const version = release()
  const folder = join(goldenFolder, version)
  if (existsSync(folder)) throw new Error(`there are golden journals of ${version} already`)
  const journals = {
    'busy-engine': await linesOf('rig', await busyEngine()),
    'every-kind': await linesOf('golden', chained('golden', everyKind())),
  }
  mkdirSync(folder)
  for (const [name, lines] of Object.entries(journals))
    writeFileSync(join(folder, `${name}.jsonl`), `${lines.join('\n')}\n`, { flag: 'wx' })
  await writeStates(version, Object.entries(journals))
  return folder
}

type Named = readonly [name: string, lines: ReadonlyArray<string>]

const writeStates = async (version: string, journals: ReadonlyArray<Named>): Promise<void> => {
  const states: Record<string, States[string]> = {}
  for (const [name, lines] of journals) {
    const { unreadable, ...state } = await foldLines(lines)
    if (unreadable.length > 0) throw new Error(`${name} of ${version}: ${unreadable.join('; ')}`)
    states[name] = state
  }
  const text = `${JSON.stringify(states, null, 2)}\n`
  writeFileSync(join(goldenFolder, version, statesName), text)
}

const restate = async (): Promise<string> => {
  const all = goldenJournals()
  for (const version of new Set(all.map((golden) => golden.release))) {
    const own = all.filter((golden) => golden.release === version)
    await writeStates(
      version,
      own.map(({ name, lines }) => [name, lines]),
    )
  }
  return 'states of all releases'
}

try {
  console.log(`written: ${await (process.argv[2] === 'states' ? restate() : write())}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
