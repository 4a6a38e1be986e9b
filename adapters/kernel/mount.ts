/** mount(2) and umount2(2). */
import { cPath, native, onPath, type Sys } from './libc.ts'

const mountCall = native<[Buffer, Buffer, Buffer, number, Buffer]>(
  'int mount(void *source, void *target, void *type, unsigned long flags, void *data)',
)
const umountCall = native<[Buffer, number]>('int umount2(void *target, int flags)')

/** mount(2) flags that we use. */
export const mountFlags = {
  readOnly: 1,
  noSuid: 2,
  noDev: 4,
  noExec: 8,
  remount: 32,
  bind: 4096,
  recursive: 16384,
  private: 1 << 18,
} as const

export interface MountCall {
  readonly source: string
  readonly target: string
  readonly type: string
  readonly flags: number
  /** Comma-separated; the kernel takes at most 4095 bytes. */
  readonly options: string
}

/** The most that mount(2) reads of its options: one page with the closing NUL. */
export const maxOptionBytes = 4095

/** Longer options answer `E2BIG` here, because the kernel would cut them without a word. */
export const mount = ({ source, target, type, flags, options }: MountCall): Sys<number> => {
  if (Buffer.byteLength(options) > maxOptionBytes) return { ok: false, errno: 'E2BIG' }
  const [from, kind, data] = [cPath(source), cPath(type), cPath(options)]
  if (!from.ok) return from
  if (!kind.ok) return kind
  if (!data.ok) return data
  return onPath(target, (at) => mountCall(from.value, at, kind.value, flags, data.value))
}

/** umount2(2), never through a symbolic link. `EINVAL`: not a mount point. `EBUSY`: in use. */
export const unmount = (target: string, how: { readonly detach?: boolean } = {}): Sys<number> =>
  onPath(target, (at) => umountCall(at, 8 | (how.detach === true ? 2 : 0)))
