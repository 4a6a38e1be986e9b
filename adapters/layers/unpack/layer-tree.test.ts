/** The tree of a layer under limits that an archive could otherwise break. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { LayerTree } from './layer-tree.ts'

const test = suite('layer tree')
const folder = mkdtempSync(join(tmpdir(), 'layer-tree-'))
test.after(() => rmSync(folder, { recursive: true }))

test('names of directories that are held in memory have a limit together', () => {
  const tree = new LayerTree(folder, 1000)
  const name = 'n'.repeat(150)
  for (const letter of ['a', 'b', 'c']) tree.placeDirectory(`${letter}${name}`)
  tree.placeDirectory(`a${name}`)
  assert.throws(() => tree.ensureParents(`d${name}/x`), /names of directories are longer than 1000/)
  assert.is(existsSync(join(folder, `c${name}`)), true)
  assert.is(tree.isDirectory(`d${name}`), false)
})

test.run()
