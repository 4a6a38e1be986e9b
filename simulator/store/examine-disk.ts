/** The forensic reader on a simulated disk: the very rules by which a real start judges files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Examination, type Depth, type Examined } from '../../journal/forensic/examination.ts'
import { chainHash, genesisHash, sameHash } from '../../journal/record/hash-chain.ts'
import type { StoredRecord } from '../../journal/store/journal-store.ts'

export interface ExaminedDisk extends Examined {
  /** The records that continue the chain from the nonce on, as far as they can be proved. */
  readonly proven: ReadonlyArray<StoredRecord>
}

/** Writes files of a simulated disk below an existing directory. */
export const writeFiles = (root: string, files: ReadonlyMap<string, Uint8Array>): void => {
  for (const [path, bytes] of files) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), bytes)
  }
}

const provenOf = (
  records: ReadonlyArray<StoredRecord>,
  nonce: string,
): ReadonlyArray<StoredRecord> => {
  const proven: Array<StoredRecord> = []
  let previous = genesisHash(nonce)
  for (const record of records) {
    if (record.seq <= proven.length) continue
    const continues =
      record.seq === proven.length + 1 && sameHash(record.hash, chainHash(previous, record.bytes))
    if (!continues) break
    proven.push(record)
    previous = record.hash
  }
  return proven
}

/**
 * The forensic reader reads real files, so the simulated ones become real for a moment: about a
 * millisecond, needed after power cuts and damage only.
 */
export const examineFiles = (
  files: ReadonlyMap<string, Uint8Array>,
  nonce: string,
  depth: Depth = 'whole',
): ExaminedDisk => {
  const root = mkdtempSync(join(tmpdir(), 'simulated-disk-'))
  try {
    writeFiles(root, files)
    const examination = new Examination(root, depth)
    const records = [...examination.records()]
    return { ...examination.result(), proven: provenOf(records, nonce) }
  } finally {
    rmSync(root, { recursive: true })
  }
}
