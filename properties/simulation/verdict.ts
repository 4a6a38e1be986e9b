/** Turns a run with broken invariants into a failure that says how to see it again. */
import assert from 'node:assert/strict'
import type { RunResult } from '../../simulator/run/scenario.ts'

/** `where` says which crash, such as `crash at boundary 12`. */
export const assertHolds = (result: RunResult, where: string): void => {
  const { violations, template, seed, trace } = result
  if (violations.length === 0) return
  const broken = violations.map((v) => `${v.id} at ${v.atMs} ms: ${v.detail}`).join('\n')
  assert.fail(`"${template}", seed ${seed}, ${where}:\n${broken}\n\n${trace}`)
}
