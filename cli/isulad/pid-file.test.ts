/** The pid file: one living owner, and nothing that a dead one left stops a start. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { equal, is, match } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { takePidFile } from './pid-file.ts'

const test = suite('pid file')
const folder = mkdtempSync(`${tmpdir()}/isulad-pid-`)
const path = `${folder}/isulad.pid`
test.after(() => rmSync(folder, { recursive: true, force: true }))

test.needs(['linux'], 'STORE-FS-04: a second owner is refused and the first undisturbed', () => {
  const first = takePidFile(path, 4711)
  if (first._tag === 'Left') throw new Error(first.left)
  const second = takePidFile(path, 4712)
  if (second._tag === 'Right') throw new Error('two owners')
  match(second.left, '4711')
  is(readFileSync(path, 'utf8'), '4711\n')
  first.right.remove()
  is(existsSync(path), false)
})

test.needs(['linux'], 'R-30: a stale file of a dead daemon is overwritten', () => {
  writeFileSync(path, '1\n')
  const taken = takePidFile(path, 4713)
  equal(taken._tag, 'Right')
  is(readFileSync(path, 'utf8'), '4713\n')
  if (taken._tag === 'Right') taken.right.remove()
})

test.run()
