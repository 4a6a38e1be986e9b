/** mkfifo(3): by the C library in Bun, by mkfifo(1) in Node, which has no call for it. */
import { execFileSync } from 'node:child_process'

const ownerOnly = 0o600

/** The part of Bun's foreign function interface that the client uses. */
interface ForeignFunctions {
  readonly dlopen: (
    library: string,
    functions: Readonly<Record<string, { args: ReadonlyArray<string>; returns: string }>>,
  ) => {
    readonly symbols: Readonly<
      Record<string, (...args: ReadonlyArray<Uint8Array | number>) => number>
    >
  }
}

const isForeignFunctions = (module: unknown): module is ForeignFunctions =>
  typeof module === 'object' &&
  module !== null &&
  'dlopen' in module &&
  typeof module.dlopen === 'function'

/** Not a literal in the import: bundlers for Node would look for it. */
const ffiModule: string = 'bun:ffi'

const byLibrary = async (paths: ReadonlyArray<string>): Promise<boolean> => {
  const ffi: unknown = await import(ffiModule)
  if (!isForeignFunctions(ffi)) return false
  const { symbols } = ffi.dlopen('libc.so.6', {
    mkfifo: { args: ['cstring', 'u32'], returns: 'i32' },
  })
  const mkfifo = symbols['mkfifo']
  return mkfifo !== undefined && paths.every((p) => mkfifo(Buffer.from(`${p}\0`), ownerOnly) === 0)
}

/** Throws where the folder does not take a FIFO. */
export const makeFifos = async (paths: ReadonlyArray<string>): Promise<void> => {
  if (process.versions['bun'] !== undefined) {
    if (await byLibrary(paths)) return
    throw new Error(`cannot make FIFOs ${paths.join(' ')}`)
  }
  execFileSync('mkfifo', ['-m', ownerOnly.toString(8), ...paths], { stdio: 'pipe' })
}
