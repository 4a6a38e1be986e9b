/** The thread of one diff: confined to the daemon's root, so that no link leads out of it. */
import { parentPort, workerData } from 'node:worker_threads'
import { SystemError } from '../../errors/system-error.ts'
import { confineThread } from '../../kernel/confine.ts'
import { getXattr } from '../../kernel/xattr.ts'
import { failureOf } from '../copy-failure.ts'
import type { DiffReply, DiffTask } from './diff-task.ts'
import { treeChanges } from './tree-changes.ts'

const isOpaque = (path: Buffer): boolean => {
  const value = getXattr(path, 'trusted.overlay.opaque')
  return value.ok && value.value.toString('latin1') === 'y'
}

const changes = ({ root, upper, lower }: DiffTask): DiffReply => {
  const confined = confineThread(root)
  if (!confined.ok) throw new SystemError(confined.errno, `cannot enter ${root}`)
  const lines: Array<Uint8Array> = []
  for (const { kind, path } of treeChanges({ upper, lower, isOpaque }))
    lines.push(Buffer.concat([Buffer.from(`${kind} `), path]))
  return { _tag: 'Changes', lines }
}

const reply = (): DiffReply => {
  try {
    return changes(workerData as DiffTask)
  } catch (error) {
    return { _tag: 'Failed', reason: failureOf(error).detail }
  }
}

parentPort?.postMessage(reply())
