/** Every way in which the files of a journal can be damaged, and what the reader says about it. */
import assert from 'node:assert/strict'
import {
  appendFile,
  cp,
  mkdtemp,
  readFile,
  open,
  readdir,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { allRecords, filled } from '../../properties/contracts/journal-store.contract.ts'
import { suite } from '../../properties/testing/suite.ts'
import { inProcessOptions } from '../open/in-process-options.ts'
import { openJournal } from '../open/open-journal.ts'
import { examine } from './examination.ts'
import type { Finding } from './finding.ts'
import { readLog } from './log-reader.ts'

const test = suite('journal damage')

const batchRecords = 3
const youngBatches = 16
const tailBytes = 4_096
let scratch = ''
/** A journal whose log spans two blocks, with nothing but the log. */
let young = ''
/** A journal of several tables. */
let old = ''

const make = async (name: string, fill: ReadonlyArray<readonly [number, number]>) => {
  const root = join(scratch, name)
  await cp(await mkdtemp(join(scratch, 'empty-')), root, { recursive: true })
  for (const [batches, payloadBytes] of fill) {
    const journal = await openJournal(inProcessOptions(root))
    if (E.isLeft(journal)) throw new Error(journal.left._tag)
    await filled(journal.right.store(), batches, { size: batchRecords, payloadBytes })
    await journal.right.close()
  }
  return root
}

test.before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'journal-damage-'))
  young = await make('young', [[youngBatches, 700]])
  old = await make('old', [
    [30, 100],
    [30, 100],
    [10, 100],
  ])
})

test.after(() => rm(scratch, { recursive: true }))

const onCopy = async <A>(root: string, use: (copy: string) => Promise<A>): Promise<A> => {
  const copy = await mkdtemp(join(scratch, 'copy-'))
  await cp(root, copy, { recursive: true })
  try {
    return await use(copy)
  } finally {
    await rm(copy, { recursive: true })
  }
}

const nameOf = async (root: string, pattern: RegExp): Promise<string> => {
  const names = await readdir(join(root, 'journal'))
  const found = names.sort().filter((n) => pattern.test(n))
  return found.at(-1) ?? assert.fail(`no file like ${pattern}`)
}

const kinds = (findings: ReadonlyArray<Finding>): ReadonlyArray<string> =>
  findings.map((f) => f.kind)

const flipped = (data: Buffer, at: number): Buffer => {
  const copy = Buffer.from(data)
  copy[at] = (copy[at] ?? 0) ^ 0x10
  return copy
}

/** In place, so that thousands of states cost one byte each. */
const flip = async (path: string, at: number): Promise<void> => {
  const file = await open(path, 'r+')
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
    await file.write(flipped(buffer, 0), 0, 1, at)
  } finally {
    await file.close()
  }
}

test('an undamaged journal of logs or of tables has no findings', async () => {
  for (const root of [young, old]) {
    const examined = await examine(root, 'whole')
    assert.deepEqual(examined.findings, [])
    assert.deepEqual((await examine(root, 'tail')).findings, [])
    assert.equal(examined.head?.seq, examined.records)
  }
})

test('J1 J3 every truncation of the last 4 KiB of the log reads as a prefix of whole batches', () =>
  onCopy(young, async (copy) => {
    await rm(join(copy, 'journal.head'))
    const path = join(copy, 'journal', await nameOf(copy, /\.log$/))
    const data = await readFile(path)
    let torn = 0
    for (let length = data.length - 1; length >= data.length - tailBytes; length -= 1) {
      await truncate(path, length)
      const { records, head, findings } = await examine(copy, 'whole')
      assert.equal(records % batchRecords, 0)
      assert.equal(head?.seq, records)
      const unexpected = findings.filter((f) => f.kind !== 'torn-tail' && f.kind !== 'side-file')
      assert.deepEqual(unexpected, [], `length ${length}`)
      torn += findings.some((f) => f.kind === 'torn-tail') ? 1 : 0
    }
    assert.ok(torn > tailBytes * 0.9)
  }))

test('J1 J8 a truncated log opens to a prefix, with the cut named and its bytes kept', () =>
  onCopy(young, async (copy) => {
    await rm(join(copy, 'journal.head'))
    const name = await nameOf(copy, /\.log$/)
    const data = await readFile(join(copy, 'journal', name))
    for (let length = data.length - tailBytes + 5; length < data.length; length += 128)
      await onCopy(copy, async (state) => {
        await writeFile(join(state, 'journal', name), data.subarray(0, length))
        const opened = await openJournal(inProcessOptions(state))
        assert.ok(E.isRight(opened), `length ${length}`)
        const records = await allRecords(opened.right.store().read(1))
        assert.equal(records.length % batchRecords, 0)
        const [cut] = opened.right.cuts()
        assert.equal(cut?.file, `journal/${name}`)
        assert.equal(cut.offset + cut.bytes, length)
        const kept = await readFile(join(state, cut.keptAs))
        assert.deepEqual(kept, data.subarray(cut.offset, length))
        await filled(opened.right.store(), 1, 2)
        await opened.right.close()
        assert.deepEqual((await examine(state, 'whole')).findings, [])
      })
  }))

test('J2 J8 a truncation below the anchor is a loss, and the files stay as they are', () =>
  onCopy(young, async (copy) => {
    const path = join(copy, 'journal', await nameOf(copy, /\.log$/))
    const data = await readFile(path)
    await writeFile(path, data.subarray(0, data.length - 10))
    const opened = await openJournal(inProcessOptions(copy))
    assert.ok(E.isLeft(opened) && opened.left._tag === 'Quarantined')
    assert.deepEqual(kinds(opened.left.findings), ['torn-tail', 'lost-tail'])
    assert.equal(opened.left.head?.seq, (youngBatches - 1) * batchRecords)
    assert.equal((await readFile(path)).length, data.length - 10)
  }))

test('J8 every flipped byte of the last 4 KiB of the log is reported with file and offset', () =>
  onCopy(young, async (copy) => {
    const name = await nameOf(copy, /\.log$/)
    const path = join(copy, 'journal', name)
    const data = await readFile(path)
    for (let at = data.length - tailBytes; at < data.length; at += 1) {
      await flip(path, at)
      const { findings } = await examine(copy, 'whole')
      await flip(path, at)
      const named = findings.find((f) => f.file === `journal/${name}`)
      assert.ok(named !== undefined, `byte ${at}: ${JSON.stringify(findings)}`)
      assert.ok(named.offset <= at && at < named.offset + named.sizeBytes, `byte ${at}`)
    }
  }))

test('J8 a journal with a flipped byte in its log is never opened as if nothing were', () =>
  onCopy(young, async (copy) => {
    const path = join(copy, 'journal', await nameOf(copy, /\.log$/))
    const data = await readFile(path)
    for (let at = data.length - tailBytes; at < data.length; at += 16) {
      await writeFile(path, flipped(data, at))
      const opened = await openJournal(inProcessOptions(copy))
      assert.ok(E.isLeft(opened) && opened.left._tag === 'Quarantined', `byte ${at}`)
      const shown = [...opened.left.records()]
      assert.equal(shown.at(-1)?.seq ?? 0, shown.length)
    }
  }))

test('R-12 J8 every flipped byte of a table is reported with file and offset', () =>
  onCopy(old, async (copy) => {
    const name = await nameOf(copy, /\.ldb$/)
    const path = join(copy, 'journal', name)
    const data = await readFile(path)
    for (let at = 0; at < data.length; at += at > data.length - 600 ? 1 : 41) {
      await writeFile(path, flipped(data, at))
      const { findings } = await examine(copy, 'whole')
      assert.equal(findings[0]?.file, `journal/${name}`, `byte ${at} of ${data.length}`)
    }
  }))

test('R-12 J8 a flipped byte of the MANIFEST or of CURRENT is reported', () =>
  onCopy(old, async (copy) => {
    for (const name of [await nameOf(copy, /^MANIFEST/), 'CURRENT']) {
      const path = join(copy, 'journal', name)
      const data = await readFile(path)
      for (let at = 0; at < data.length; at += 1) {
        await writeFile(path, flipped(data, at))
        const { findings } = await examine(copy, 'whole')
        assert.ok(findings.length > 0, `byte ${at} of ${name}`)
        assert.match(findings[0]?.file ?? '', /MANIFEST|CURRENT/)
      }
      await writeFile(path, data)
    }
  }))

test('J8 a missing table, MANIFEST, CURRENT or log is reported and never opened', async () => {
  for (const pattern of [/\.ldb$/, /^MANIFEST/, /^CURRENT$/, /\.log$/])
    await onCopy(old, async (copy) => {
      const name = await nameOf(copy, pattern)
      await rm(join(copy, 'journal', name))
      const { findings } = await examine(copy, 'whole')
      assert.ok(findings.length > 0, name)
      const opened = await openJournal(inProcessOptions(copy))
      assert.ok(E.isLeft(opened) && opened.left._tag === 'Quarantined', name)
    })
})

test('without its MANIFEST a journal can still be shown, as far as the chain proves it', () =>
  onCopy(old, async (copy) => {
    await rm(join(copy, 'journal', await nameOf(copy, /^MANIFEST/)))
    const opened = await openJournal(inProcessOptions(copy))
    assert.ok(E.isLeft(opened) && opened.left._tag === 'Quarantined')
    assert.equal([...opened.left.records()].length, 70 * batchRecords)
  }))

test('J8 a lost range and a repeated range inside the log are told apart', async () => {
  const name = await nameOf(young, /\.log$/)
  const data = await readFile(join(young, 'journal', name))
  const offsets = readLog(data.subarray(0, 32_768)).records.map((r) => r.offset)
  const [a, b] = [offsets[5] ?? 0, offsets[6] ?? 0]
  const cases: ReadonlyArray<readonly [string, Buffer]> = [
    ['hole', Buffer.concat([data.subarray(0, a), data.subarray(b, 32_768)])],
    ['duplicate', Buffer.concat([data.subarray(0, b), data.subarray(a, offsets[7])])],
  ]
  for (const [kind, bytes] of cases)
    await onCopy(young, async (copy) => {
      await writeFile(join(copy, 'journal', name), bytes)
      const { findings } = await examine(copy, 'whole')
      assert.equal(findings[0]?.file, `journal/${name}`)
      assert.ok(kinds(findings).includes(kind), `${kind}: ${kinds(findings).join(' ')}`)
    })
})

test('R-11 zeros and garbage behind the last record are a torn tail and are cut', async () => {
  for (const tail of [Buffer.alloc(5_000), Buffer.alloc(777, 0xa5), Buffer.from('\x01\x02')])
    await onCopy(young, async (copy) => {
      const name = await nameOf(copy, /\.log$/)
      await appendFile(join(copy, 'journal', name), tail)
      const opened = await openJournal(inProcessOptions(copy))
      assert.ok(E.isRight(opened))
      assert.equal(opened.right.store().head().seq, youngBatches * batchRecords)
      assert.equal(opened.right.cuts()[0]?.bytes, tail.length)
      await opened.right.close()
    })
})

test.run()
