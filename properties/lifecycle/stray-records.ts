/** Records that come late, twice or from nowhere: outcomes and observations of any attempt. */
import fc from 'fast-check'
import type { Command } from '../../domain/command.ts'
import { copyId, execId, layerId } from '../../domain/identity.ts'
import { knownExit } from '../../domain/ports/exit-record.ts'
import { ids } from './steps.ts'

const failure = { errno: fc.constantFrom('EIO', 'ENOENT', 'ERUNTIME'), error: fc.constant('text') }
const id = fc.constantFrom(...ids)
const attempt = fc.nat(4)
const copy = fc.constantFrom(copyId('p1'), copyId('p2'))
const exec = fc.constantFrom(execId('e1'), execId('e2'), execId('e3'))
const layer = fc.constantFrom(layerId('a1'.padEnd(64, '0')), layerId('f'.repeat(64)))
const tries = fc.integer({ min: 1, max: 40 })
const tag = <T extends string>(t: T) => fc.constant(t)
const exit = fc.nat(255).map((code) => knownExit(code, 1_700_000_000_000))
const process = fc.record({
  boot: fc.constantFrom('boot-1', 'boot-2'),
  pid: fc.integer({ min: 1, max: 300 }),
  startTicks: fc.nat(300),
})

export const anyStrayRecord: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ _tag: tag('RecordCreated'), id }),
  fc.record({ _tag: tag('RecordCreateFailed'), id, ...failure }),
  fc.record({
    _tag: tag('RecordLaunched'),
    id,
    attempt,
    launched: fc.record({ init: process, monitor: process }),
  }) as fc.Arbitrary<Command>,
  fc.record({ _tag: tag('RecordStarted'), id, attempt }),
  fc.record({ _tag: tag('RecordStartFailed'), id, attempt, ...failure }),
  fc.record({ _tag: tag('ExpireStart'), id, attempt }),
  fc.record({
    _tag: tag('ObserveExit'),
    id,
    attempt,
    exit,
    oomKilled: fc.boolean(),
    reboot: fc.boolean(),
  }),
  fc.record({ _tag: tag('ObserveMonitorLost'), id, attempt }),
  fc.record({ _tag: tag('ObserveOom'), id, attempt }),
  fc.record({ _tag: tag('RecordReleased'), id, attempt }),
  fc.record({ _tag: tag('RecordReleaseDelayed'), id, attempt, tries, ...failure }),
  fc.record({
    _tag: tag('RecordSignalled'),
    id,
    operation: fc.nat(60).map((n) => `op${n}`),
  }),
  fc.record({ _tag: tag('AbandonStop'), id, reason: fc.constant('late') }),
  fc.record({ _tag: tag('RecordFrozen'), id }),
  fc.record({ _tag: tag('RecordFreezeFailed'), id, ...failure }),
  fc.record({ _tag: tag('RecordThawed'), id }),
  fc.record({ _tag: tag('RecordThawFailed'), id, ...failure }),
  fc.record({ _tag: tag('StartByPolicy'), id, timeoutMs: fc.constant(null) }),
  fc.record({ _tag: tag('ApplyRestartPolicy'), id, reason: fc.constant('daemonStart' as const) }),
  fc.record({ _tag: tag('RecordRemoved'), id }),
  fc.record({ _tag: tag('RecordRemoveDelayed'), id, tries, ...failure }),
  fc.record({ _tag: tag('RecordExecLaunched'), id, exec }),
  fc.record({ _tag: tag('RecordUpdated'), id, operation: fc.constant('stray') }),
  fc.record({
    _tag: tag('RecordUpdateFailed'),
    id,
    operation: fc.constant('stray'),
    ...failure,
  }),
  fc.record({ _tag: tag('RecordCopied'), id, copy }),
  fc.record({ _tag: tag('RecordCopyFailed'), id, copy, ...failure }),
  fc.record({ _tag: tag('RecordExecFailed'), id, exec, ...failure }),
  fc.record({ _tag: tag('ObserveExecExit'), id, exec, exit }),
  fc.record({ _tag: tag('RecordLayerCommitted'), layer, sizeBytes: fc.nat() }),
  fc.record({ _tag: tag('RecordLayerFailed'), layer, ...failure }),
  fc.record({ _tag: tag('RecordLayerRetired'), layer }),
  fc.record({ _tag: tag('RecordLayerRetireDelayed'), layer, tries, ...failure }),
)
