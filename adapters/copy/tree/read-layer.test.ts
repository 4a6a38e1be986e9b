/** The tree of an upper directory as a layer: what it hides is told as in the OCI image spec. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, type BigIntStats } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { equal, throws } from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { TarReader } from '../../layers/tar/tar-reader.ts'
import type { NodeCalls } from './node-calls.ts'
import { TreeReader, type Hides } from './read-tree.ts'

const test = suite('read layer')
const folder = mkdtempSync(join(tmpdir(), 'upper-'))
test.after(() => rmSync(folder, { recursive: true }))

const calls: NodeCalls = {
  xattrs: () => [],
  setXattr: () => undefined,
  setTime: () => undefined,
  makeNode: () => undefined,
}

/** Devices and attributes of overlayfs take root: names stand for them here. */
const hides: Hides = (path: Buffer, stat: BigIntStats) => {
  if (path.toString().endsWith('gone')) return 'Name'
  return stat.isDirectory() && path.toString().endsWith('fresh') ? 'Inside' : undefined
}

const entriesOf = (path: string, layer: boolean): ReadonlyArray<string> => {
  const names: Array<string> = []
  const reader = new TarReader({
    onEntry: ({ name, type, storedBytes }) => {
      names.push(`${type} ${name.toString()} ${storedBytes}`)
      return false
    },
    onData: () => undefined,
    onEntryEnd: () => undefined,
  })
  const tree = layer ? new TreeReader(calls, hides) : new TreeReader(calls)
  for (const piece of tree.read({ path: Buffer.from(path), name: Buffer.alloc(0) }))
    reader.feed(piece)
  reader.end()
  return names
}

const made = (name: string, files: ReadonlyArray<string>): string => {
  const root = join(folder, name)
  mkdirSync(root)
  for (const file of files) {
    mkdirSync(join(root, file, '..'), { recursive: true })
    writeFileSync(join(root, file), 'text')
  }
  return root
}

test('what hides a name is an empty file beside it, what hides a content comes first in it', () => {
  const root = made('hiding', ['etc/gone', 'etc/kept', 'fresh/file', 'gone'])
  equal(entriesOf(root, true), [
    'directory etc/ 0',
    'file etc/.wh.gone 0',
    'file etc/kept 4',
    'directory fresh/ 0',
    'file fresh/.wh..wh..opq 0',
    'file fresh/file 4',
    'file .wh.gone 0',
  ])
})

test('a plain archive has everything by its own name', () => {
  const root = made('plain', ['fresh/.wh.file', 'gone'])
  equal(entriesOf(root, false), ['directory fresh/ 0', 'file fresh/.wh.file 4', 'file gone 4'])
})

test('a file whose name would hide another one is in no layer', () => {
  const root = made('lying', ['etc/.wh.passwd'])
  throws(() => entriesOf(root, true), /etc\/\.wh\.passwd: no layer can hold/)
})

test.run()
