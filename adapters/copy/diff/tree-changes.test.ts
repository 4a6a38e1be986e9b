/** Changes of layers that are laid out by hand. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { equal, ok } from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { makeNode } from '../../kernel/nodes.ts'
import { treeChanges } from './tree-changes.ts'

const test = suite('tree changes')
const top = mkdtempSync(`${tmpdir()}/tree-changes-`)
test.after(() => rmSync(top, { recursive: true }))

let made = 0

/** A layer of files; a name that ends with `/` is a directory, `!name` a whiteout. */
const layer = (...names: ReadonlyArray<string>): string => {
  const root = `${top}/${(made += 1)}`
  mkdirSync(root)
  for (const name of names) {
    const path = `${root}/${name.replace('!', '')}`
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true })
    if (name.includes('!'))
      ok(makeNode(path, { type: 'character', mode: 0, major: 0, minor: 0 }).ok)
    else if (!name.endsWith('/')) writeFileSync(path, '')
  }
  return root
}

const changes = (
  upper: string,
  lower: ReadonlyArray<string>,
  opaque: ReadonlyArray<string> = [],
): ReadonlyArray<string> => {
  const isOpaque = (path: Buffer): boolean => opaque.includes(path.toString())
  return [...treeChanges({ upper, lower, isOpaque })].map(
    ({ kind, path }) => `${kind} ${path.toString()}`,
  )
}

test('what no lower layer has is added, what one has is changed', () => {
  const upper = layer('etc/new', 'etc/passwd', 'fresh/deep/file')
  equal(changes(upper, [layer('top'), layer('etc/passwd')]), [
    'C /etc',
    'A /etc/new',
    'C /etc/passwd',
    'A /fresh',
    'A /fresh/deep',
    'A /fresh/deep/file',
  ])
})

test.needs(['root'], 'a whiteout deletes what is below, and nothing else', () => {
  const upper = layer('bin/!ls', 'bin/!never')
  equal(changes(upper, [layer('bin/ls')]), ['C /bin', 'D /bin/ls'])
})

test.needs(['root'], 'what a lower layer had deleted is added again', () => {
  const lower = [layer('bin/!ls', '!opt'), layer('bin/ls', 'opt/file')]
  equal(changes(layer('bin/ls', 'opt/file'), lower), [
    'C /bin',
    'A /bin/ls',
    'A /opt',
    'A /opt/file',
  ])
})

test('an opaque directory of a lower layer hides those below it', () => {
  const [above, below] = [layer('d/'), layer('d/file')]
  equal(changes(layer('d/file'), [above, below]), ['C /d', 'C /d/file'])
  equal(changes(layer('d/file'), [above, below], [`${above}/d`]), ['C /d', 'A /d/file'])
})

test('no link of a layer is followed', () => {
  const lower = layer()
  symlinkSync('/etc', `${lower}/d`)
  const upper = layer('d/passwd')
  symlinkSync('/', `${upper}/out`)
  equal(changes(upper, [lower]), ['C /d', 'A /d/passwd', 'A /out'])
})

test.run()
