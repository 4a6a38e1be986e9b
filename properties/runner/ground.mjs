/** The ground that tests stand on: the build, the types, the lint rules, the import table. */
import { join } from 'node:path'
import { runChild } from './child.mjs'

const bin = (name) => join('node_modules/.bin', name)
const folders = ['domain', 'journal', 'adapters', 'cli', 'simulator', 'properties']

/** Tests of the executables use dist, so it is there before any test starts. */
export const buildStep = {
  name: 'ground: dist is built',
  program: process.execPath,
  args: ['cli/build/build.mjs'],
}

export const checkSteps = [
  { name: 'ground: types check', program: bin('tsc'), args: ['--noEmit'] },
  { name: 'ground: lint rules hold', program: bin('eslint'), args: ['.'] },
  {
    name: 'ground: the import table holds',
    program: bin('depcruise'),
    args: ['--config', '.dependency-cruiser.cjs', ...folders],
  },
  { name: 'ground: the format is kept', program: bin('prettier'), args: ['--check', '.'] },
]

/** A step counts as one test. Its outcome has the form of a test file's. */
export const runStep = async (root, { name, program, args }) => {
  const { code, late, output, ms } = await runChild({
    program,
    args,
    cwd: root,
    deadlineMs: 180_000,
  })
  const status = code === 0 && !late ? 'passed' : 'failed'
  return { path: name, ms, output, records: [{ name, status }] }
}
