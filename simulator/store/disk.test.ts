/** What survives a power cut, call by call, under each model. */
import assert from 'node:assert/strict'
import { suite } from '../../properties/testing/suite.ts'
import { Prng } from '../schedule/prng.ts'
import { SimulatedDisk, type DiskFault, type DiskOperation } from './disk.ts'
import { powerModelNames, sectorBytes, type PowerModel } from './power-models.ts'

const test = suite('simulated disk')

const textOf = (disk: SimulatedDisk, path: string): string | undefined =>
  disk.read(path)?.toString()

const written = (fault?: (operation: DiskOperation) => DiskFault | undefined) => {
  const disk = new SimulatedDisk(fault)
  const file = disk.create('file')
  disk.write(file, Buffer.from('synced '))
  disk.sync(file)
  disk.syncDirectory('')
  disk.write(file, Buffer.from('volatile'))
  return { disk, file }
}

test('synced bytes survive under every model, later ones as the model says', () => {
  for (const model of powerModelNames)
    for (let seed = 1; seed <= 50; seed += 1) {
      const { disk } = written()
      disk.powerCut(model, new Prng(seed))
      const left = textOf(disk, 'file') ?? ''
      assert.ok(left.startsWith('synced '), `${model}: ${left}`)
      if (model === 'all-bytes') assert.equal(left, 'synced volatile')
      if (model === 'synced-bytes') assert.equal(left, 'synced ')
      if (model === 'cut-tail') assert.ok('synced volatile'.startsWith(left))
    }
})

test('a tail is cut at every byte, for some seed', () => {
  const lengths = new Set<number>()
  for (let seed = 1; seed <= 400; seed += 1) {
    const { disk } = written()
    disk.powerCut('cut-tail', new Prng(seed))
    lengths.add(disk.read('file')?.length ?? -1)
  }
  assert.deepEqual(
    [...lengths].sort((a, b) => a - b),
    Array.from({ length: 9 }, (_, i) => i + 7),
  )
})

test('un-synced sectors are new, zero or garbage, each by itself', () => {
  const fates = new Set<string>()
  for (let seed = 1; seed <= 100; seed += 1) {
    const disk = new SimulatedDisk()
    const file = disk.create('file')
    disk.write(file, Buffer.alloc(100, 1))
    disk.sync(file)
    disk.write(file, Buffer.alloc(4 * sectorBytes, 2))
    disk.powerCut('sector-garbage', new Prng(seed))
    const left = disk.read('file') ?? Buffer.alloc(0)
    assert.ok(left.subarray(0, 100).equals(Buffer.alloc(100, 1)))
    for (let at = sectorBytes; at + sectorBytes <= left.length; at += sectorBytes) {
      const sector = left.subarray(at, at + sectorBytes)
      const fate = [0, 2].find((byte) => sector.equals(Buffer.alloc(sectorBytes, byte)))
      fates.add(String(fate))
    }
  }
  assert.deepEqual([...fates].sort(), ['0', '2', 'undefined'])
})

const names: ReadonlyArray<readonly [PowerModel, boolean, boolean]> = [
  ['synced-bytes', true, true],
  ['own-name', true, false],
  ['synced-names', false, false],
]

for (const [model, own, other] of names)
  test(`${model}: a synced file's new name ${own ? 'stays' : 'is lost'}, an un-synced one's ${
    other ? 'stays' : 'is lost'
  }`, () => {
    const disk = new SimulatedDisk()
    disk.sync(disk.create('own'))
    disk.create('other')
    disk.powerCut(model, new Prng(1))
    assert.deepEqual([disk.has('own'), disk.has('other')], [own, other])
  })

test('renames and removals come back where the directory was not synced', () => {
  const make = (isSynced: boolean): SimulatedDisk => {
    const { disk } = written()
    const staged = disk.create('file.new')
    disk.write(staged, Buffer.from('new'))
    disk.sync(staged)
    disk.rename('file.new', 'file')
    if (isSynced) disk.syncDirectory('')
    disk.powerCut('synced-names', new Prng(1))
    return disk
  }
  assert.equal(textOf(make(false), 'file'), 'synced ')
  assert.equal(textOf(make(true), 'file'), 'new')
})

test('what lies in a directory goes with its name', () => {
  const disk = new SimulatedDisk()
  disk.create('folder', true)
  disk.sync(disk.create('folder/file'))
  disk.syncDirectory('folder')
  disk.powerCut('synced-names', new Prng(1))
  assert.equal(disk.has('folder/file'), false)
})

test('after a failed sync the bytes can be read, and no later sync makes them durable', () => {
  let isFailing = false
  const { disk, file } = written(({ call }) =>
    isFailing && call === 'sync' ? { _tag: 'Fails', errno: 'EIO' } : undefined,
  )
  isFailing = true
  assert.throws(() => disk.sync(file), /EIO/)
  isFailing = false
  disk.write(file, Buffer.from(' more'))
  disk.sync(file)
  assert.equal(textOf(disk, 'file'), 'synced volatile more')
  disk.powerCut('synced-bytes', new Prng(1))
  assert.equal(textOf(disk, 'file'), `synced ${'\0'.repeat(8)} more`)
})

test('a file is written on after its name is gone, and nobody finds it', () => {
  const { disk, file } = written()
  disk.unlink('file')
  disk.syncDirectory('')
  disk.write(file, Buffer.from('nowhere'))
  disk.sync(file)
  assert.equal(disk.has('file'), false)
  disk.powerCut('own-name', new Prng(1))
  assert.equal(disk.has('file'), false)
})

test.run()
