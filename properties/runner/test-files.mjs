/** Finds the test files and reads from each how it wants to be run. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const folders = ['domain', 'journal', 'adapters', 'cli', 'simulator', 'properties']
const defaultDeadlineMs = 180_000

/** Only the head of a file counts, so that a test about these words is not taken for one. */
const headLines = 12

const deadlineOf = (head) => {
  const stated = /^\/\/ deadline: (\d+) ?s$/m.exec(head)
  return stated === null ? defaultDeadlineMs : Number(stated[1]) * 1000
}

/**
 * - `unit`: first, several at a time;
 * - `real`: the host is used, after all units, several at a time;
 * - `exclusive` (a line `// exclusive` in the head): last, one at a time.
 */
const phaseOf = (path, head) => {
  if (/^\/\/ exclusive\b/m.test(head)) return 'exclusive'
  return path.endsWith('.real.test.ts') ? 'real' : 'unit'
}

const describe = async (root, path) => {
  const text = await readFile(join(root, path), 'utf8')
  const head = text.split('\n').slice(0, headLines).join('\n')
  return { path, phase: phaseOf(path, head), deadlineMs: deadlineOf(head) }
}

const isTestFile = (path) => path.endsWith('.test.ts') && !/(^|\/)(node_modules|dist)\//.test(path)

/** All test files below `root`: `{ path, phase, deadlineMs }`, sorted by path. */
export const findTestFiles = async (root, within = folders) => {
  const present = within.filter((folder) => existsSync(join(root, folder)))
  const listed = await Promise.all(
    present.map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name)),
    ),
  )
  const paths = listed.flat().filter(isTestFile).sort()
  return Promise.all(paths.map((path) => describe(root, path)))
}
