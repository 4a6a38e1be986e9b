/** Real errors of a real kernel: what was acknowledged is there, what failed is told. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { allRecords, sampleBatch } from '../../properties/contracts/journal-store.contract.ts'
import { suite } from '../../properties/testing/suite.ts'
import { examine } from '../forensic/examination.ts'
import { hexOfHash } from '../record/hash-chain.ts'
import { inProcessOptions } from './in-process-options.ts'
import { openJournal, type OpenJournal } from './open-journal.ts'
import { openRefusalText } from './refusal.ts'

const run = promisify(execFile)
const self = fileURLToPath(import.meta.url)
const megabyte = 1024 * 1024

interface Workload {
  readonly root: string
  readonly batches: number
  readonly payloadBytes: number
  readonly ballastBytes: number
}

const say = (line: string): void => void writeSync(1, `${line}\n`)

/** Appends until `batches` are done or one fails; answers the failed request. */
const appendSome = async (
  journal: OpenJournal,
  { batches, payloadBytes }: Workload,
): Promise<string | undefined> => {
  for (let i = 0; i < batches; i += 1) {
    const store = journal.store()
    const request = `request-${store.head().seq + 1}`
    const batch = sampleBatch(store.head(), { size: 3, payloadBytes, request })
    try {
      await store.append(batch)
    } catch (error) {
      say(`failed ${error instanceof Error ? error.message : String(error)}`)
      await store.append(batch).then(
        () => say('acknowledged on a poisoned handle'),
        () => say('rejected'),
      )
      return request
    }
    for (const { seq, hash } of batch) say(`ack ${seq} ${hexOfHash(hash)}`)
  }
  return undefined
}

const workload = async (work: Workload): Promise<void> => {
  const opened = await openJournal(inProcessOptions(work.root, work.ballastBytes))
  if (E.isLeft(opened)) return say(`refused ${openRefusalText(opened.left)}`)
  const failed = await appendSome(opened.right, work)
  if (failed === undefined) return opened.right.close()
  const reopened = await opened.right.reopen()
  if (E.isLeft(reopened)) say(`not reopened: ${reopened.left}`)
  else {
    const seq = await reopened.right.sequenceOfRequest(failed)
    say(`reopened at ${reopened.right.head().seq}, ${seq === undefined ? 'absent' : 'present'}`)
    await appendSome(opened.right, { ...work, batches: 5 })
  }
  await opened.right.close()
}

const test = suite('storage faults')

/** Runs the workload in a child; its lines. `tracer` goes before the program's name. */
const runWorkload = async (
  work: Workload,
  tracer: ReadonlyArray<string> = [],
): Promise<ReadonlyArray<string>> => {
  const [program, ...args] = [...tracer, process.execPath, '--import', 'tsx', self]
  const { stdout } = await run(program ?? '', args, {
    env: { ...process.env, APPEND_WORKLOAD: JSON.stringify(work), UV_THREADPOOL_SIZE: '1' },
  })
  return stdout.trim().split('\n')
}

/** J2: every acknowledged record is there with its hash. Answers the number of records. */
const checkAcknowledged = async (root: string, lines: ReadonlyArray<string>): Promise<number> => {
  assert.ok(!lines.some((line) => line.startsWith('acknowledged')), lines.join('\n'))
  const opened = await openJournal(inProcessOptions(root))
  if (E.isLeft(opened)) return assert.fail(openRefusalText(opened.left))
  const records = await allRecords(opened.right.store().read(1))
  await opened.right.close()
  const hashes = new Map(records.map((r) => [String(r.seq), hexOfHash(r.hash)]))
  for (const line of lines.filter((l) => l.startsWith('ack '))) {
    const [, seq = '', hash] = line.split(' ')
    assert.equal(hashes.get(seq), hash, line)
  }
  assert.deepEqual((await examine(root, 'whole')).findings, [])
  return records.length
}

const inRoot = async (body: (root: string) => Promise<void>): Promise<void> => {
  const root = await mkdtemp(join(tmpdir(), 'storage-faults-'))
  try {
    await body(root)
  } finally {
    await rm(root, { recursive: true })
  }
}

/** Every file below `root`, by path. */
const contentOf = async (root: string): Promise<ReadonlyArray<readonly [string, string]>> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name))
  return Promise.all(
    paths.sort().map(async (path) => [path, (await readFile(path)).toString('base64')] as const),
  )
}

const injecting = (rule: string, path?: string): ReadonlyArray<string> => [
  ...['strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', `inject=${rule}`],
  ...(path === undefined ? [] : ['-P', path]),
]

/** System calls of a workload whose log is rotated, in the order in which they ended. */
const tracedCalls = async (root: string, trace: string): Promise<ReadonlyArray<string>> => {
  const work: Workload = { root, batches: 300, payloadBytes: 20_000, ballastBytes: 0 }
  const calls = '-e trace=openat,fsync,write'.split(' ')
  await runWorkload(work, ['strace', '-f', '--seccomp-bpf', '-y', '-o', trace, ...calls])
  return (await readFile(trace, 'utf8')).split('\n')
}

/** For each log that is created: is the directory synced before the next acknowledgement? */
const unsyncedNames = (root: string, calls: ReadonlyArray<string>): ReadonlyArray<string> => {
  const pending = new Set<string>()
  const late: Array<string> = []
  for (const call of calls) {
    const created = /openat\(.*\/([0-9]+\.log)", [^)]*O_CREAT/.exec(call)?.[1]
    if (created !== undefined) pending.add(created)
    if (call.includes(`<${join(root, 'journal')}>`) && call.includes('fsync')) pending.clear()
    if (/write\(1<.*"ack /.test(call) && pending.size > 0) late.push(call)
  }
  return late
}

test.needs(
  ['program:strace'],
  'J2 the name of each new log is durable before the first acknowledgement from it',
  () =>
    inRoot(async (root) => {
      await mkdir(join(root, 'engine'))
      const calls = await tracedCalls(join(root, 'engine'), join(root, 'trace'))
      const logs = calls.filter((call) => /openat\(.*[0-9]\.log", [^)]*O_CREAT/.test(call))
      assert.ok(logs.length >= 2, `${logs.length} logs`)
      assert.ok(calls.some((call) => call.includes('"ack ')))
      assert.deepEqual(unsyncedNames(join(root, 'engine'), calls), [])
    }),
)

const small = { batches: 10, payloadBytes: 100, ballastBytes: 4_096 }

for (const nth of [1, 4, 8, 10, 13])
  test.needs(
    ['program:strace'],
    `J2 J5 EIO of fdatasync number ${nth}: nothing is acknowledged that is not there`,
    () =>
      inRoot(async (root) => {
        const lines = await runWorkload({ root, ...small }, [
          ...injecting(`fdatasync:error=EIO:when=${nth}`),
        ])
        const failed = lines.some((l) => /^(failed|refused)/.test(l))
        assert.ok(failed || nth < 8, lines.join('\n'))
        if (lines.some((l) => l.startsWith('failed'))) {
          assert.ok(lines.includes('rejected'))
          assert.ok(lines.some((l) => l.startsWith('reopened at')))
        }
        await checkAcknowledged(root, lines)
      }),
  )

for (const [nth, errno] of [
  [3, 'ENOSPC'],
  [6, 'EIO'],
  [4, 'EROFS'],
] as const)
  test.needs(
    ['program:strace'],
    `J2 J5 ${errno} of write number ${nth} to the log: the batch is resolved by reopening`,
    () =>
      inRoot(async (root) => {
        const log = join(root, 'journal', '000003.log')
        const lines = await runWorkload(
          { root, ...small },
          injecting(`write:error=${errno}:when=${nth}`, log),
        )
        assert.ok(lines.includes('rejected'), lines.join('\n'))
        assert.ok(lines.some((l) => /^reopened at \d+, (absent|present)$/.test(l)))
        const acknowledged = lines.filter((l) => l.startsWith('ack ')).length
        assert.ok((await checkAcknowledged(root, lines)) >= acknowledged)
      }),
  )

/** Kills the workload by its own pid after so many acknowledgements; what it had said by then. */
const killedAfter = (root: string, acknowledgements: number): Promise<ReadonlyArray<string>> =>
  new Promise((resolve, reject) => {
    const work: Workload = { root, batches: 100_000, payloadBytes: 3_000, ballastBytes: 4_096 }
    const child = spawn(process.execPath, ['--import', 'tsx', self], {
      env: { ...process.env, APPEND_WORKLOAD: JSON.stringify(work) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (said.split('\n').length > acknowledgements) child.kill('SIGKILL')
    })
    child.on('error', reject)
    // What follows the last line end may be half a line.
    child.on('close', () => resolve(said.split('\n').slice(0, -1)))
  })

test('J1 J2 J3 a daemon killed at any instant leaves every acknowledged record, twice over', () =>
  inRoot(async (root) => {
    const lines: Array<string> = []
    for (const acknowledgements of [30, 300, 1_500]) {
      lines.push(...(await killedAfter(root, acknowledgements)))
      assert.equal((await checkAcknowledged(root, lines)) % 3, 0)
    }
  }))

test.needs(
  ['root', 'program:mount'],
  'R-52 J2 J5 a disk that fills up: the ballast lets it reopen, and no acknowledged record is lost',
  () =>
    inRoot(async (parent) => {
      const root = join(parent, 'full')
      await mkdir(root)
      await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', root])
      try {
        await writeFile(join(root, 'junk'), Buffer.alloc(8 * megabyte))
        const lines = await runWorkload({
          root,
          batches: 10_000,
          payloadBytes: 20_000,
          ballastBytes: 6 * megabyte,
        })
        assert.ok(lines.some((l) => /^failed .*/.test(l)))
        assert.ok(
          lines.some((l) => l.startsWith('reopened at')),
          lines.slice(-5).join('\n'),
        )
        await rm(join(root, 'junk'))
        await checkAcknowledged(root, lines)
      } finally {
        await run('umount', [root])
      }
    }),
)

test.needs(
  ['root', 'program:mount'],
  'J2 J5 a read-only file system: opening is refused by name, and no byte of the journal changes',
  () =>
    inRoot(async (parent) => {
      const root = join(parent, 'read-only')
      await mkdir(root)
      await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', root])
      try {
        const lines = await runWorkload({ root, ...small })
        await run('mount', ['-o', 'remount,ro', root])
        const before = await contentOf(root)
        const refused = await openJournal(inProcessOptions(root))
        assert.equal(E.isLeft(refused) && refused.left._tag, 'StorageFailed')
        if (E.isRight(refused)) return refused.right.close()
        assert.equal(refused.left._tag === 'StorageFailed' && refused.left.errno, 'EROFS')
        assert.deepEqual(await contentOf(root), before)
        await run('mount', ['-o', 'remount,rw', root])
        assert.equal(await checkAcknowledged(root, lines), 30)
      } finally {
        await run('umount', [root])
      }
    }),
)

const work = process.env['APPEND_WORKLOAD']
if (work !== undefined) await workload(JSON.parse(work) as Workload)
else test.run()
