/** What the last start did is told from the journal alone. */
import * as assert from 'uvu/assert'
import { idOf } from '../../adapters/rpc/testing/sample-container.ts'
import type { DomainEvent } from '../../domain/event.ts'
import { streamOf } from '../../domain/event.ts'
import { bootId } from '../../domain/identity.ts'
import { suite } from '../../properties/testing/suite.ts'
import { encodeEnvelope } from '../record/envelope-codec.ts'
import { encodeEvent } from '../record/event-codec.ts'
import type { Records } from '../explain/container-streams.ts'
import { recoveryReport } from './report.ts'

const test = suite('recovery report')
const boot = bootId('11111111-2222-3333-4444-555555555555')
const id = idOf(1)

const journalOf = (events: ReadonlyArray<readonly [actor: string, DomainEvent]>): Records => ({
  read: async function* () {
    for (const [i, [actor, event]] of events.entries())
      yield {
        seq: i + 1,
        hash: new Uint8Array(32),
        bytes: encodeEnvelope({
          seq: i + 1,
          at: i * 1_000,
          mono: i,
          boot,
          actor,
          request: '',
          causation: 0,
          stream: streamOf(event),
          streamSeq: i + 1,
          ...encodeEvent(event),
        }),
      }
  },
})

const started = (previous: 'none' | 'crashed'): DomainEvent => ({
  _tag: 'EngineStarted',
  v: 1,
  version: '1',
  boot,
  pid: 7,
  previous,
})
const exited: DomainEvent = {
  _tag: 'ContainerExited',
  v: 1,
  id,
  attempt: 1,
  exit: { _tag: 'KnownExit', code: 3, wallMs: 0 },
  oomKilled: false,
  cause: 'itself',
}
const cut: DomainEvent = { _tag: 'JournalTailCut', v: 1, file: '000003.log', offset: 9, bytes: 4 }
const finding = {
  subject: `container ${id}`,
  found: 'it exited with 3',
  decided: 'recorded',
  standing: false,
}
const concluded: DomainEvent = { _tag: 'RecoveryConcluded', v: 1, findings: [finding] }

test(
  'the last start with its tail cut, findings and repairs, nothing of earlier ' + 'ones',
  async () => {
    const report = await recoveryReport(
      journalOf([
        ['engine', started('none')],
        ['recovery', concluded],
        ['engine', cut],
        ['engine', started('crashed')],
        ['recovery', exited],
        ['recovery', concluded],
        ['engine', exited],
      ]),
    )
    assert.equal([report.start?.seq, report.start?.previous], [4, 'crashed'])
    assert.equal(report.tailCuts, [{ seq: 3, file: '000003.log', offset: 9, bytes: 4 }])
    assert.equal(report.findings, [finding])
    assert.equal(
      report.repaired.map((r) => [r.seq, r.what]),
      [[5, 'run 1 ended by itself with code 3 at 1970-01-01T00:00:00.000Z']],
    )
  },
)

test('an empty journal has no start to tell of', async () => {
  assert.is((await recoveryReport(journalOf([]))).start, null)
})

test.run()
