/** The C library: typed bindings and the kernel's error names. The one file that imports koffi. */
import { constants } from 'node:os'
import koffi from 'koffi'

/** What a system call answered. A kernel error is a value, never a throw. */
export type Sys<A> =
  { readonly ok: true; readonly value: A } | { readonly ok: false; readonly errno: string }

export const done = <A>(value: A): Sys<A> => ({ ok: true, value })
export const failed = (errno: string): { readonly ok: false; readonly errno: string } => ({
  ok: false,
  errno,
})

/** Two names may share a number; these are the ones that we speak. */
const preferred = ['EAGAIN', 'EDEADLK', 'EOPNOTSUPP']
/** Names that Node's table leaves out (include/uapi/asm-generic/errno.h). */
const further: Readonly<Record<string, number>> = { EUCLEAN: 117, EREMOTEIO: 121, ERFKILL: 132 }

const namesByNumber = new Map<number, string>()
for (const [name, number] of Object.entries({ ...further, ...constants.errno })) {
  if (!namesByNumber.has(number) || preferred.includes(name)) namesByNumber.set(number, name)
}

/** `EBUSY` for 16; `E999` for a number without a name. */
export const errnoName = (errno: number): string => namesByNumber.get(errno) ?? `E${errno}`

/** Pointers are buffers; a null pointer is null; `char **` is a list of texts that ends in null. */
export type NativeArgument =
  number | bigint | Uint8Array | string | ReadonlyArray<string | null> | null

const library = koffi.load(null)

/**
 * Binds a function of the C library that answers -1 with errno on failure. A wrong prototype
 * corrupts memory, so each binding has a test that calls it. Pointers are declared `void *`.
 */
export const native = <A extends ReadonlyArray<NativeArgument>>(
  definition: string,
): ((...args: A) => Sys<number>) => {
  const call: (...args: A) => unknown = library.func(definition)
  return (...args) => {
    const value = Number(call(...args))
    return value === -1 ? failed(errnoName(koffi.errno())) : done(value)
  }
}

/**
 * As `native`, for a function that answers the errno itself and may block: it runs on a thread of
 * libuv's pool. Buffers among the arguments must outlive the call.
 */
export const nativeInPool = <A extends ReadonlyArray<NativeArgument>>(
  definition: string,
): ((...args: A) => Promise<Sys<number>>) => {
  const call = library.func(definition)
  return (...args) =>
    new Promise((resolve, reject) => {
      call.async(...args, (error: Error | null, errno: number) => {
        if (error !== null) reject(error)
        else resolve(errno === 0 ? done(0) : failed(errnoName(errno)))
      })
    })
}

/** System calls without a wrapper in older C libraries; numbers are equal on x86-64 and arm64. */
export const syscall = native<[number, number, number, number | Uint8Array | null, number]>(
  'long syscall(long number, long a, long b, void *c, long d)',
)

/** A path as bytes with a closing NUL; a path with a NUL inside names nothing. */
export const cPath = (path: string | Buffer): Sys<Buffer> => {
  const bytes = typeof path === 'string' ? Buffer.from(path) : path
  return bytes.includes(0) ? failed('EINVAL') : done(Buffer.concat([bytes, Buffer.of(0)]))
}

/** Runs a call on a path's bytes. */
export const onPath = <A>(path: string | Buffer, call: (bytes: Buffer) => Sys<A>): Sys<A> => {
  const bytes = cPath(path)
  return bytes.ok ? call(bytes.value) : bytes
}
