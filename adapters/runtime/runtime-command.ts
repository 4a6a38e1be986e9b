/** How one OCI runtime is called on this host. */
import type { CgroupHost } from '../cgroups/hierarchies.ts'

export type RuntimeKind = 'crun' | 'runc' | 'other'

export interface Runtime {
  /** The configured name: what inspect shows and what names its directories. */
  readonly name: string
  /** Absolute path of the binary. */
  readonly path: string
  /** `runtime-args`: before the subcommand of each call (RT-SEL-06). */
  readonly args: ReadonlyArray<string>
  readonly kind: RuntimeKind
  /** The mount point of a v2 tree that it must not see when it creates; see `unifiedToHide`. */
  readonly hiddenMount?: string
}

export interface Invocation {
  readonly file: string
  readonly args: ReadonlyArray<string>
}

/**
 * crun makes no cgroup on a hybrid host whose v2 tree has controllers ("cgroups in hybrid mode not
 * supported"): it then creates in a mount namespace of its own without that tree. Its other
 * commands find the cgroup that there is.
 */
export const unifiedToHide = (kind: RuntimeKind, host: CgroupHost): string | undefined =>
  kind === 'crun' && host.mode === 'hybrid' && host.unifiedControllers.length > 0
    ? host.hierarchies.find((h) => h.version === 2)?.mount
    : undefined

/**
 * Only the parent of the hidden mount is made private: an unmount must not travel to the host,
 * while volumes keep their own propagation.
 */
const hideScript = 'mount --make-rprivate "$1" && umount "$2" || exit 125; shift 2; exec "$@"'

const own = (runtime: Runtime, root: string): ReadonlyArray<string> => [
  ...runtime.args,
  ...(runtime.kind === 'crun' ? ['--cgroup-manager=cgroupfs'] : []),
  '--root',
  root,
]

/** Program and leading arguments of a call; the subcommand follows. `root`: `runtimeRoot`. */
export const invocation = (runtime: Runtime, root: string): Invocation => ({
  file: runtime.path,
  args: own(runtime, root),
})

/** The same for calls that make a container: `create`, `run`. */
export const creatingInvocation = (runtime: Runtime, root: string): Invocation => {
  const plain = invocation(runtime, root)
  const hidden = runtime.hiddenMount
  if (hidden === undefined) return plain
  const parent = hidden.slice(0, hidden.lastIndexOf('/')) || '/'
  const script = ['/bin/sh', '-c', hideScript, 'sh', parent, hidden, plain.file]
  return {
    file: '/usr/bin/unshare',
    args: ['--mount', '--propagation', 'unchanged', ...script, ...plain.args],
  }
}
