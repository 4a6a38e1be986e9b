/** Layers larger than the disk: refused before it is full, because the journal lies there, too. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmdirSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { LayerBench } from './fixtures/layer-bench.ts'
import { tarBytes } from './fixtures/tar-bytes.ts'

const test = suite('layers on a small disk')

/** A store on a disk of its own, which is gone after. */
const onSmallDisk = async (body: (bench: LayerBench) => Promise<void>): Promise<void> => {
  const disk = mkdtempSync(join(tmpdir(), 'disk-'))
  const flags = ['-t', 'tmpfs', '-o', 'size=64m,nr_inodes=8000', 'tmpfs', disk]
  execFileSync('mount', flags)
  try {
    const bench = new LayerBench('full', undefined, disk)
    try {
      await body(bench)
    } finally {
      bench.end()
    }
  } finally {
    execFileSync('umount', [disk])
    rmdirSync(disk)
  }
}

const free = (bench: LayerBench): ReadonlyArray<number> => {
  const { bavail, ffree } = statfsSync(bench.folder)
  return [bavail, ffree]
}

const refused = async (layer: Buffer, says: RegExp): Promise<void> =>
  onSmallDisk(async (bench) => {
    const small = bench.request(tarBytes({ name: 'x', content: 'e' }))
    assert.is(await bench.unpack(small), 1)
    const request = bench.request(gzipSync(layer), layer)
    const before = free(bench)
    assert.match(String(await bench.unpack(request)), says)
    assert.equal(free(bench), before)
    assert.equal(readdirSync(join(bench.layout.root, 'storage/staging')), [])
  })

test.needs(['root'], 'a layer with more data than the disk has room is refused', () =>
  refused(
    tarBytes({ name: 'zeros', content: Buffer.alloc(100 << 20) }),
    /^ENOSPC: .*less than \d+ bytes are left/,
  ),
)

test.needs(['root'], 'a layer with more files than the disk has inodes is refused', () =>
  refused(
    tarBytes(...Array.from({ length: 9000 }, (_, i) => ({ name: `${i}` }))),
    /^ENOSPC: .*nearly no inodes are left/,
  ),
)

test.run()
