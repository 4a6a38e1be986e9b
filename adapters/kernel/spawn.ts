/** posix_spawn(3): starts a program without copying the page tables of this process. */
import { constants } from 'node:fs'
import { done, errnoName, failed, native, nativeInPool, type Sys } from './libc.ts'

/** What a descriptor of the child is made of: a file to be opened, or a descriptor of ours. */
export type ChildDescriptor =
  { readonly _tag: 'Open'; readonly path: string } | { readonly _tag: 'Copy'; readonly fd: number }

export interface SpawnRequest {
  /** Looked for on our own PATH unless it holds a slash; relative to `cwd` if it does. */
  readonly file: string
  /** Without the program's name, which is `file`. */
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** By their numbers in the child; it gets no other descriptor that is close-on-exec here. */
  readonly descriptors: ReadonlyArray<ChildDescriptor>
}

const spawnCall = nativeInPool<
  [Buffer, string, Buffer, Buffer, ReadonlyArray<string | null>, ReadonlyArray<string | null>]
>(
  'int posix_spawnp(void *pid, const char *file, void *actions, void *attributes, ' +
    'const char **argv, const char **envp)',
)
const initAttributes = native<[Buffer]>('int posix_spawnattr_init(void *attributes)')
const setFlags = native<[Buffer, number]>(
  'int posix_spawnattr_setflags(void *attributes, short flags)',
)
const setDefaultSignals = native<[Buffer, Buffer]>(
  'int posix_spawnattr_setsigdefault(void *attributes, void *signals)',
)
const setSignalMask = native<[Buffer, Buffer]>(
  'int posix_spawnattr_setsigmask(void *attributes, void *signals)',
)
const initActions = native<[Buffer]>('int posix_spawn_file_actions_init(void *actions)')
const destroyActions = native<[Buffer]>('int posix_spawn_file_actions_destroy(void *actions)')
const addCopy = native<[Buffer, number, number]>(
  'int posix_spawn_file_actions_adddup2(void *actions, int from, int to)',
)
const addOpen = native<[Buffer, number, string, number, number]>(
  'int posix_spawn_file_actions_addopen(void *actions, int fd, const char *path, int flags, ' +
    'unsigned int mode)',
)
const addClose = native<[Buffer, number]>(
  'int posix_spawn_file_actions_addclose(void *actions, int fd)',
)
const addChdir = native<[Buffer, string]>(
  'int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)',
)

/** More than any C library's structures (glibc: 336 and 80 bytes). */
const structBytes = 1024
/** sigset_t of glibc and musl. */
const signalSetBytes = 128
/** POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID */
const flags = 0x04 | 0x08 | 0x80

/** This family answers the errno itself. */
const checked = (result: Sys<number>): Sys<number> =>
  result.ok && result.value !== 0 ? failed(errnoName(result.value)) : result

const firstFailure = (steps: ReadonlyArray<() => Sys<number>>): Sys<number> => {
  for (const step of steps) {
    const result = checked(step())
    if (!result.ok) return result
  }
  return done(0)
}

const makeAttributes = (): Buffer => {
  const attributes = Buffer.alloc(structBytes)
  const made = firstFailure([
    () => initAttributes(attributes),
    () => setFlags(attributes, flags),
    // Node ignores SIGPIPE; ignored signals would stay ignored across the exec.
    () => setDefaultSignals(attributes, Buffer.alloc(signalSetBytes, 0xff)),
    () => setSignalMask(attributes, Buffer.alloc(signalSetBytes)),
  ])
  if (!made.ok) throw new Error(`posix_spawnattr: ${made.errno}`)
  return attributes
}

/** The same for every child: a session of its own, default signals, none blocked. */
const attributes = makeAttributes()

/**
 * A source whose number is also a target might be overwritten before it is copied, so such
 * sources are first copied beyond all sources and targets.
 */
const copySteps = (
  actions: Buffer,
  descriptors: ReadonlyArray<ChildDescriptor>,
): ReadonlyArray<() => Sys<number>> => {
  const sources = descriptors.map((d) => (d._tag === 'Copy' ? d.fd : -1))
  const beyond = Math.max(descriptors.length, ...sources.map((fd) => fd + 1))
  const collides = (fd: number): boolean => fd >= 0 && fd < descriptors.length
  const aside = sources.map((fd, to) => (collides(fd) ? beyond + to : fd))
  return [
    ...sources.flatMap((fd, to) => (collides(fd) ? [() => addCopy(actions, fd, beyond + to)] : [])),
    ...descriptors.map((descriptor, to) =>
      descriptor._tag === 'Open'
        ? () => addOpen(actions, to, descriptor.path, constants.O_RDWR, 0)
        : () => addCopy(actions, aside[to] ?? -1, to),
    ),
    ...sources.flatMap((fd, to) => (collides(fd) ? [() => addClose(actions, beyond + to)] : [])),
  ]
}

const textsOf = ({ file, args, env, cwd }: SpawnRequest): ReadonlyArray<string> => [
  file,
  cwd,
  ...args,
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
]

/**
 * Answers the pid of a child of ours that has begun to run `file`; nobody else reaps it. It leads
 * a session and a process group of its own. A failed chdir or exec is answered with its errno.
 * The thread that spawns waits for the exec, so it is one of the pool; descriptors stay open
 * until the answer. `EINVAL`: a text holds a NUL.
 */
export const spawnProgram = async (request: SpawnRequest): Promise<Sys<number>> => {
  const { file, args, env, cwd, descriptors } = request
  if (textsOf(request).some((text) => text.includes('\0'))) return failed('EINVAL')
  const pid = Buffer.alloc(4)
  const actions = Buffer.alloc(structBytes)
  const initialised = checked(initActions(actions))
  if (!initialised.ok) return initialised
  try {
    const steps = [...copySteps(actions, descriptors), () => addChdir(actions, cwd)]
    const prepared = firstFailure(steps)
    if (!prepared.ok) return prepared
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    const texts = [
      [file, ...args, null],
      [...variables, null],
    ] as const
    const spawned = await spawnCall(pid, file, actions, attributes, ...texts)
    return spawned.ok ? done(pid.readInt32LE(0)) : spawned
  } finally {
    destroyActions(actions)
  }
}
