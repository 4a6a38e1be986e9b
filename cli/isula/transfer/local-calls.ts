/** What copying needs of the kernel, as the client has it: Node's calls, and mknod(1). */
import { spawnSync } from 'node:child_process'
import { lutimesSync } from 'node:fs'
import type { NodeCalls } from '../../../adapters/copy/tree/node-calls.ts'

const nsPerSecond = 1e9

const letters = { character: 'c', block: 'b', fifo: 'p' } as const

export const localCalls: NodeCalls = {
  xattrs: () => [],
  setXattr: () => undefined,
  setTime: (path, mtimeNs) => {
    const seconds = Number(mtimeNs) / nsPerSecond
    lutimesSync(path, seconds, seconds)
  },
  makeNode: (path, { type, major, minor }) => {
    const numbers = type === 'fifo' ? [] : [String(major), String(minor)]
    const args = ['-m', '600', '--', path.toString(), letters[type], ...numbers]
    const made = spawnSync('mknod', args, { encoding: 'utf8' })
    if (made.error !== undefined) throw made.error
    if (made.status !== 0) throw new Error(made.stderr.trim())
  },
}
