/** Making and marking file system nodes where Node's own calls are missing or not exact. */
import { native, onPath, type Sys } from './libc.ts'

const mknodCall = native<[Buffer, number, bigint]>(
  'int mknod(void *path, unsigned int mode, uint64_t device)',
)
const utimensatCall = native<[number, Buffer, Buffer, number]>(
  'int utimensat(int directory, void *path, void *times, int flags)',
)
const syncfsCall = native<[number]>('int syncfs(int fd)')

const nodeTypes = {
  character: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
} as const

export interface NodeRequest {
  readonly type: keyof typeof nodeTypes
  /** Permission bits; the process's umask applies. */
  readonly mode: number
  readonly major: number
  readonly minor: number
}

/** makedev(3): 32 bits of major and minor each, interleaved as glibc and the kernel do. */
export const deviceNumber = (major: number, minor: number): bigint => {
  const [high, low] = [BigInt(major), BigInt(minor)]
  return (
    ((high & 0xfff_ff000n) << 32n) |
    ((high & 0xfffn) << 8n) |
    ((low & 0xffff_ff00n) << 12n) |
    (low & 0xffn)
  )
}

/** mknod(2). A character device 0:0 is overlayfs' whiteout. */
export const makeNode = (path: string | Buffer, node: NodeRequest): Sys<number> =>
  onPath(path, (at) =>
    mknodCall(at, nodeTypes[node.type] | node.mode, deviceNumber(node.major, node.minor)),
  )

export const makeFifo = (path: string | Buffer, mode: number): Sys<number> =>
  makeNode(path, { type: 'fifo', mode, major: 0, minor: 0 })

/** Nanoseconds since the epoch; may be negative. */
export interface FileTimes {
  readonly accessNs: bigint
  readonly modifyNs: bigint
}

const timespec = (target: Buffer, at: number, ns: bigint): void => {
  const billion = 1_000_000_000n
  const part = ((ns % billion) + billion) % billion
  target.writeBigInt64LE((ns - part) / billion, at)
  target.writeBigInt64LE(part, at + 8)
}

/** utimensat(2) on the path itself, symbolic links included, to the nanosecond. */
export const setTimes = (path: string | Buffer, times: FileTimes): Sys<number> => {
  const pair = Buffer.alloc(32)
  timespec(pair, 0, times.accessNs)
  timespec(pair, 16, times.modifyNs)
  const [currentDirectory, noFollow] = [-100, 0x100]
  return onPath(path, (at) => utimensatCall(currentDirectory, at, pair, noFollow))
}

/** syncfs(2): all dirty data of the file system that holds `fd`; answers write-back errors. */
export const syncFileSystem = (fd: number): Sys<number> => syncfsCall(fd)
