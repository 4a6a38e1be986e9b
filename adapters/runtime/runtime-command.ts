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
  /** The mount point of a v2 tree that this runtime must not see; see `unifiedToHide`. */
  readonly hiddenMount?: string
}

export interface Invocation {
  readonly file: string
  readonly args: ReadonlyArray<string>
}

/**
 * crun refuses a hybrid host whose v2 tree has controllers ("cgroups in hybrid mode not
 * supported"): it then runs in a mount namespace of its own without that tree.
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

/** Program and leading arguments of each call; the subcommand follows. `root`: `runtimeRoot`. */
export const invocation = (runtime: Runtime, root: string): Invocation => {
  const args = own(runtime, root)
  const hidden = runtime.hiddenMount
  if (hidden === undefined) return { file: runtime.path, args }
  const parent = hidden.slice(0, hidden.lastIndexOf('/')) || '/'
  const script = ['/bin/sh', '-c', hideScript, 'sh', parent, hidden, runtime.path]
  return {
    file: '/usr/bin/unshare',
    args: ['--mount', '--propagation', 'unchanged', ...script, ...args],
  }
}
