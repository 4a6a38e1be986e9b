/** Turns the coverage that V8 wrote during the tests into a report. */
import { join } from 'node:path'
import { runChild } from './child.mjs'

/** Prints the summary; the report itself is in coverage/. Throws if it cannot be made. */
export const reportCoverage = async (root, collected) => {
  const { code, output } = await runChild({
    program: join(root, 'node_modules/.bin/c8'),
    args: ['report', '--temp-directory', collected],
    cwd: root,
    deadlineMs: 300_000,
  })
  console.log(output)
  if (code !== 0) throw new Error(`c8 report ended with code ${code}`)
}
