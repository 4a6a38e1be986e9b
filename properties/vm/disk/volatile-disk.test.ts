/** What the disk may lose, and what it may not. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { equal, is, ok } from 'uvu/assert'
import { suite } from '../../testing/suite.ts'
import { randomFrom } from '../../torture/clients.ts'
import { sectorBytes, VolatileDisk } from './volatile-disk.ts'

const test = suite('volatile disk')
const sectors = 64

const withDisk = (work: (disk: VolatileDisk) => void): void => {
  const directory = mkdtempSync(`${tmpdir()}/volatile-disk-`)
  const fd = openSync(`${directory}/medium`, 'w+')
  try {
    ftruncateSync(fd, sectors * sectorBytes)
    work(new VolatileDisk(fd, sectors * sectorBytes))
  } finally {
    closeSync(fd)
    rmSync(directory, { recursive: true })
  }
}

const sector = (fill: number, count = 1): Buffer => Buffer.alloc(count * sectorBytes, fill)
const firstByte = (disk: VolatileDisk, n: number): number =>
  disk.read(n * sectorBytes, sectorBytes)[0] ?? -1

/** Keeps nothing of the cache, and tears nothing. */
const loseAll = (): number => 0.999_999

test('a read sees what the cache holds, over what the medium holds', () => {
  withDisk((disk) => {
    disk.write(0, sector(1, 4))
    disk.flush()
    disk.write(sectorBytes, sector(2))
    equal(
      [0, 1, 2].map((n) => firstByte(disk, n)),
      [1, 2, 1],
    )
  })
})

test('flushed and forced writes survive every cut, also over older ones that wait', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    withDisk((disk) => {
      disk.write(0, sector(1))
      disk.flush()
      disk.write(2 * sectorBytes, sector(2))
      disk.write(2 * sectorBytes, sector(3), true)
      disk.cut(randomFrom(seed))
      equal([firstByte(disk, 0), firstByte(disk, 2)], [1, 3])
    })
  }
})

test('a cut may drop each write that no flush has covered, and counts them', () => {
  let [dropped, kept, torn] = [0, 0, 0]
  for (let seed = 1; seed <= 100; seed += 1) {
    withDisk((disk) => {
      for (let n = 0; n < 4; n += 1) disk.write(n * 8 * sectorBytes, sector(7, 8))
      const loss = disk.cut(randomFrom(seed))
      is(loss.unflushedWrites, 4)
      const found = [...disk.read(0, 32 * sectorBytes)].filter((byte) => byte === 0).length
      is(found, loss.droppedBytes)
      dropped += loss.droppedWrites
      torn += loss.tornWrites
      kept += 4 - loss.droppedWrites - loss.tornWrites
    })
  }
  ok(dropped > 50 && kept > 50 && torn > 20, `${dropped} dropped, ${kept} kept, ${torn} torn`)
})

test('nothing waits after a cut or a flush', () => {
  withDisk((disk) => {
    const waiting: number[] = []
    disk.onCached = (count) => waiting.push(count)
    disk.write(0, sector(1))
    disk.write(sectorBytes, sector(1))
    disk.cut(loseAll)
    is(disk.unflushedWrites, 0)
    is(firstByte(disk, 0), 0)
    disk.write(0, sector(1))
    disk.flush()
    is(disk.unflushedWrites, 0)
    equal(waiting, [1, 2, 1])
  })
})

test.run()
