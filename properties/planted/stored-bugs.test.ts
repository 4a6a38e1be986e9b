/** What is stored is not what was written: the audit of a journal's records notices (M3). */
import * as assert from 'uvu/assert'
import type { StoredRecord } from '../../journal/store/journal-store.ts'
import { noCrash } from '../../simulator/faults/crash.ts'
import { auditJournal } from '../../simulator/oracles/journal-oracle.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { play } from '../../simulator/run/scenario.ts'
import { Simulation } from '../../simulator/run/simulation.ts'
import { suite } from '../testing/suite.ts'

const test = suite('planted in what is stored')
const c1 = c.containerNumber(1)

const lived = async (): Promise<Simulation> => {
  const s = new Simulation({ seed: 1, programs: {}, crash: noCrash })
  s.openDaemon()
  await play(s, [
    [
      'client',
      async (client) => {
        await client.call(c.load(c.sampleImage(1)))
        await client.call(c.create(c1))
        await client.call(c.start(c1))
        await client.call(c.stop(c1, 0))
        await client.call(c.remove(c1))
      },
    ],
  ])
  return s
}

type Bug = (records: ReadonlyArray<StoredRecord>) => ReadonlyArray<StoredRecord>

const middle = (records: ReadonlyArray<StoredRecord>): number => Math.floor(records.length / 2)

const withText = (record: StoredRecord, change: (text: string) => string): StoredRecord => ({
  ...record,
  bytes: new TextEncoder().encode(change(new TextDecoder().decode(record.bytes))),
})

const bugs: ReadonlyArray<readonly [string, string, Bug]> = [
  ['J1', 'a record is missing', (all) => all.filter((_, i) => i !== middle(all))],
  [
    'J1',
    'two records changed places',
    (all) => {
      const [one, two] = [all[middle(all)], all[middle(all) + 1]]
      return all.map((r) => (r === one ? two : r === two ? one : r) ?? r)
    },
  ],
  [
    'J4',
    'a byte was changed after it was hashed',
    (all) =>
      all.map((r, i) =>
        i === middle(all) ? withText(r, (t) => t.replace('"mono":', '"mono":9')) : r,
      ),
  ],
  [
    'J4',
    'a record has the hash of another',
    (all) => all.map((r, i) => (i === middle(all) ? { ...r, hash: all[0]?.hash ?? r.hash } : r)),
  ],
  [
    'W8',
    'an event comes after the removal',
    (all) => {
      const started = all.find((r) =>
        new TextDecoder().decode(r.bytes).includes('"ContainerStopRequested"'),
      )
      return started === undefined ? all : [...all, { ...started, seq: all.length + 1 }]
    },
  ],
  [
    'W5',
    'an exit stands twice',
    (all) => {
      const exited = all.find((r) =>
        new TextDecoder().decode(r.bytes).includes('"ContainerExited"'),
      )
      return all.flatMap((r) => (r === exited ? [r, r] : [r]))
    },
  ],
  [
    'D2',
    'a start stands before its request',
    (all) => {
      const started = all.find((r) =>
        new TextDecoder().decode(r.bytes).includes('"ContainerStarted"'),
      )
      return started === undefined ? all : [started, ...all]
    },
  ],
  [
    'W4',
    'an outcome is missing',
    (all) => all.filter((r) => !new TextDecoder().decode(r.bytes).includes('"ContainerStarted"')),
  ],
]

for (const [id, name, bug] of bugs)
  test(`M3 ${id} notices when ${name}`, async () => {
    const s = await lived()
    const broken = new Set<string>()
    const audit = { host: s.host, report: (one: string) => void broken.add(one) }
    const records = s.journal.records()
    auditJournal(records, { ...audit, isSettled: true, isFaulty: false })
    assert.equal([...broken], [], 'the right journal is clean')
    auditJournal(bug(records), { ...audit, isSettled: true, isFaulty: false })
    console.log(`"${name}" broke ${[...broken].sort().join(' ')}`)
    assert.ok(broken.has(id))
    s.crash('over', false)
  })

test.run()
