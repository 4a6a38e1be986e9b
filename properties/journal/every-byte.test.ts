/** A log cut at every byte: LevelDB itself and the forensic reader give the same verdict. */
// deadline: 170 s
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { examine } from '../../journal/forensic/examination.ts'
import { readLog } from '../../journal/forensic/log-reader.ts'
import { sameHash } from '../../journal/record/hash-chain.ts'
import { openLevelStore } from '../../journal/store/level-store.ts'
import { filled } from '../contracts/journal-store.contract.ts'
import { suite } from '../testing/suite.ts'

const test = suite('journal cut at every byte')

const batchRecords = 3
const tailBytes = 4_096
const edgeBytes = 8
const blocks = 3 * 32_768

/** Thousands of openings with six syncs each: memory will do, no power is lost here. */
const ground = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
let scratch = ''

interface Base {
  readonly files: ReadonlyMap<string, Buffer>
  readonly log: string
  readonly data: Buffer
}

const open = (root: string) =>
  openLevelStore({ directory: join(root, 'journal'), newNonce: () => 'n' })

/** A journal as a killed daemon leaves it: everything is in the log. */
const base = async (name: string, batchesOf: readonly [number, number]): Promise<Base> => {
  const root = join(scratch, name)
  await mkdir(join(root, 'journal'), { recursive: true })
  const store = await open(root)
  await filled(store, batchesOf[0], { size: batchRecords, payloadBytes: batchesOf[1] })
  await store.close()
  const names = (await readdir(join(root, 'journal'))).filter((n) => /^(0|C|M)/.test(n))
  const read = async (n: string) => [n, await readFile(join(root, 'journal', n))] as const
  const files = new Map(await Promise.all(names.map(read)))
  const log = names.find((n) => n.endsWith('.log')) ?? assert.fail('no log')
  return { files, log, data: files.get(log) ?? assert.fail('no log') }
}

/** Both readers on the log cut at `length`; answers the number of records, alike for both. */
const verdictAt = async ({ files, log, data }: Base, length: number): Promise<number> => {
  const root = join(scratch, 'state')
  const directory = join(root, 'journal')
  await mkdir(directory, { recursive: true })
  for (const [name, bytes] of files)
    await writeFile(join(directory, name), name === log ? data.subarray(0, length) : bytes)
  const examined = await examine(root, 'whole')
  const others = examined.findings.filter((f) => f.kind !== 'torn-tail' && f.kind !== 'side-file')
  assert.deepEqual(others, [], `length ${length}`)
  const store = await open(root)
  const head = store.head()
  let records = 0
  for await (const _ of store.read(1)) records += 1
  await store.close()
  await rm(root, { recursive: true })
  assert.equal(head.seq, examined.head?.seq ?? 0, `length ${length}: the head`)
  if (examined.head !== undefined) assert.ok(sameHash(head.hash, examined.head.hash))
  assert.deepEqual([records, records % batchRecords], [head.seq, 0], `length ${length}`)
  return records
}

test.before(async () => void (scratch = await mkdtemp(join(ground, 'every-byte-'))))
test.after(() => rm(scratch, { recursive: true }))

test('J1 J3 cut at each of the last 4,096 bytes, both readers find the same batches', async () => {
  const small = await base('small', [14, 200])
  let records = await verdictAt(small, small.data.length)
  assert.equal(records, 14 * batchRecords)
  for (let length = small.data.length - 1; length >= small.data.length - tailBytes; length -= 1) {
    const fewer = await verdictAt(small, length)
    assert.ok(fewer <= records)
    records = fewer
  }
  assert.ok(records < 14 * batchRecords - 2 * batchRecords, 'the tail holds several batches')
}, 160_000)

test('J1 J3 cut around each edge of a record over three blocks, both readers agree', async () => {
  const wide = await base('wide', [40, 1_000])
  assert.ok(wide.data.length > blocks)
  const edges = readLog(wide.data).records.map((r) => r.offset)
  const blockEdges = [1, 2, 3].map((n) => (n * blocks) / 3)
  for (const edge of [...edges, ...blockEdges])
    for (let length = edge - edgeBytes; length <= edge + edgeBytes; length += 1)
      if (length >= 0 && length <= wide.data.length) await verdictAt(wide, length)
}, 160_000)

test.run()
