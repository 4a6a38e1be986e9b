/** Extended attributes of a path itself, never of what a symbolic link points to; binary-safe. */
import { done, native, onPath, type Sys } from './libc.ts'

const setCall = native<[Buffer, Buffer, Buffer, number, number]>(
  'int lsetxattr(void *path, void *name, void *value, size_t size, int flags)',
)
const getCall = native<[Buffer, Buffer, Buffer, number]>(
  'intptr_t lgetxattr(void *path, void *name, void *value, size_t size)',
)
const listCall = native<[Buffer, Buffer, number]>(
  'intptr_t llistxattr(void *path, void *list, size_t size)',
)

/** XATTR_SIZE_MAX and XATTR_LIST_MAX, limits.h. */
const maxBytes = 65_536

export interface ExtendedAttribute {
  /** Full name bytes with the name space, e.g. `security.capability`. */
  readonly name: string | Buffer
  readonly value: Buffer
}

/** lsetxattr(2). `EOPNOTSUPP`: the file system has none; `EPERM`: `user.` on a special file. */
export const setXattr = (path: string | Buffer, { name, value }: ExtendedAttribute): Sys<number> =>
  onPath(path, (at) =>
    onPath(name, (named) =>
      setCall(at, named, value.length === 0 ? Buffer.alloc(1) : value, value.length, 0),
    ),
  )

/** lgetxattr(2). `ENODATA`: no such attribute. */
export const getXattr = (path: string | Buffer, name: string | Buffer): Sys<Buffer> => {
  const value = Buffer.alloc(maxBytes)
  const size = onPath(path, (at) => onPath(name, (named) => getCall(at, named, value, maxBytes)))
  return size.ok ? done(Buffer.from(value.subarray(0, size.value))) : size
}

/** llistxattr(2): the names, as bytes. */
export const listXattrs = (path: string | Buffer): Sys<ReadonlyArray<Buffer>> => {
  const list = Buffer.alloc(maxBytes)
  const size = onPath(path, (at) => listCall(at, list, maxBytes))
  if (!size.ok) return size
  const names: Array<Buffer> = []
  for (let start = 0; start < size.value;) {
    const end = list.indexOf(0, start)
    names.push(Buffer.from(list.subarray(start, end)))
    start = end + 1
  }
  return done(names)
}
