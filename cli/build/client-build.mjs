/** What the programs tell of their own build: version, commit and time. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const commitOf = (root) => {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch (error) {
    // A source archive has no history, and a machine may have no git.
    if (error.status !== null || error.code === 'ENOENT') return 'unknown'
    throw error
  }
}

/** For the bundlers' `define`. */
export const clientDefine = (root) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const built = new Date().toISOString()
  return { ISULA_BUILD: JSON.stringify({ version, gitCommit: commitOf(root), built }) }
}
