/** What copying needs of the kernel, as the daemon has it: exact to the nanosecond, binary-safe. */
import { applied } from '../errors/system-error.ts'
import { makeNode, setTimes } from '../kernel/nodes.ts'
import { getXattr, listXattrs, setXattr } from '../kernel/xattr.ts'
import type { ArchivedXattr } from '../layers/tar/pax.ts'
import type { NodeCalls } from './tree/node-calls.ts'

/** Others belong to the host: labels of a security module, bookkeeping of the overlay. */
const travels = (name: Buffer): boolean => {
  const text = name.toString('latin1')
  return text.startsWith('user.') || text === 'security.capability'
}

/** The file system has none, this kind of file has none, or it went away meanwhile. */
const hasNone = ['EOPNOTSUPP', 'ENOTSUP', 'EPERM', 'ENODATA']

const xattrs = (path: Buffer): ReadonlyArray<ArchivedXattr> => {
  const names = listXattrs(path)
  if (!names.ok) return hasNone.includes(names.errno) ? [] : applied(names, path)
  return names.value.filter(travels).flatMap((name) => {
    const value = getXattr(path, name)
    if (!value.ok && hasNone.includes(value.errno)) return []
    return [{ name, value: applied(value, path) }]
  })
}

export const kernelCalls: NodeCalls = {
  xattrs,
  setXattr: (path, xattr) => {
    if (!travels(xattr.name)) return
    const set = setXattr(path, xattr)
    if (!set.ok && !hasNone.includes(set.errno)) applied(set, path)
  },
  setTime: (path, mtimeNs) =>
    void applied(setTimes(path, { accessNs: mtimeNs, modifyNs: mtimeNs }), path),
  makeNode: (path, node) => void applied(makeNode(path, { ...node, mode: 0o600 }), path),
}
