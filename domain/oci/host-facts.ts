/** What the spec builder must know of the host; gathered by an adapter, never read here. */

export interface HostDevice {
  readonly path: string
  readonly type: 'c' | 'b'
  readonly major: number
  readonly minor: number
  /** Permission bits only. */
  readonly fileMode: number
  readonly uid: number
  readonly gid: number
}

/** A device that the container sees at `path`, with letters of `rwm`. */
export interface MappedDevice extends HostDevice {
  readonly access: string
}

export interface SeccompFacts {
  /** Whether the kernel filters system calls. */
  readonly supported: boolean
  /** As Node names it, e.g. `x64`. */
  readonly architecture: string
  /** Text of the host's own default profile; null: there is none (SEC-SECCOMP-03). */
  readonly profile: string | null
}

export interface HostMount {
  readonly point: string
  readonly shared: boolean
  readonly slave: boolean
}

/** `hybrid`: v1 controllers plus a v2 tree beside them. */
export type CgroupMode = 'v1' | 'hybrid' | 'v2'

export interface HostFacts {
  /** The daemon's bounding set, by name, without what the kernel does not know. */
  readonly capabilities: ReadonlyArray<string>
  /** Highest hard limit that the daemon can give, by `RLIMIT_*`; absent: no ceiling. */
  readonly hardRlimits: Readonly<Record<string, bigint>>
  readonly cgroupMode: CgroupMode
  /** Whether memory + swap can be limited. */
  readonly swapLimit: boolean
  readonly hostname: string
  readonly mounts: ReadonlyArray<HostMount>
  readonly seccomp: SeccompFacts
  /** Read for privileged containers only. */
  readonly devices: ReadonlyArray<HostDevice>
}

/** Texts of the image's own files; empty where there is none (CLI-USER-01, CLI-USER-02). */
export interface AccountFiles {
  readonly passwd: string
  readonly group: string
}

/** Host paths of the files that are bound into every container. */
export interface NetworkFiles {
  readonly hosts: string
  readonly hostname: string
  readonly resolvConf: string
}
