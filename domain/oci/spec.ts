/** The part of the OCI runtime specification (1.0.2, config.json) that the engine writes. */

// Type aliases, not interfaces: only these are assignable to the JSON writer's index signature.

export type OciMount = {
  readonly destination: string
  readonly type: string
  readonly source: string
  readonly options: ReadonlyArray<string>
}

export type OciRlimit = { readonly type: string; readonly hard: bigint; readonly soft: bigint }

export type OciDevice = {
  readonly path: string
  readonly type: 'c' | 'b'
  readonly major: number
  readonly minor: number
  readonly fileMode: number
  readonly uid: number
  readonly gid: number
}

export type OciDeviceRule = {
  readonly allow: boolean
  readonly type?: 'a' | 'c' | 'b'
  readonly major?: number
  readonly minor?: number
  readonly access: string
}

export type OciUser = {
  readonly uid: number
  readonly gid: number
  readonly umask: number
  readonly additionalGids: ReadonlyArray<number>
}

export type OciProcess = {
  readonly terminal: boolean
  readonly user: OciUser
  readonly args: ReadonlyArray<string>
  readonly env: ReadonlyArray<string>
  readonly cwd: string
  readonly capabilities: {
    readonly bounding: ReadonlyArray<string>
    readonly effective: ReadonlyArray<string>
    readonly permitted: ReadonlyArray<string>
    readonly inheritable: ReadonlyArray<string>
    readonly ambient: ReadonlyArray<string>
  }
  readonly rlimits: ReadonlyArray<OciRlimit>
  readonly noNewPrivileges: boolean
  readonly oomScoreAdj?: number
}

export type OciResources = {
  readonly devices: ReadonlyArray<OciDeviceRule>
  readonly memory?: {
    readonly limit?: number
    readonly swap?: number
    readonly reservation?: number
    readonly swappiness?: number
  }
  readonly cpu?: {
    readonly shares?: number
    readonly quota?: number
    readonly period?: number
    readonly cpus?: string
    readonly mems?: string
  }
  readonly pids?: { readonly limit: number }
}

/** With a path that namespace is joined, without one a new one is made. */
export type OciNamespace = { readonly type: string; readonly path?: string }

export type OciSeccomp = {
  readonly defaultAction: string
  readonly defaultErrnoRet?: number
  readonly architectures: ReadonlyArray<string>
  readonly syscalls: ReadonlyArray<{
    readonly names: ReadonlyArray<string>
    readonly action: string
    readonly errnoRet?: number
    readonly args?: ReadonlyArray<{
      readonly index: number
      readonly value: number | bigint
      readonly valueTwo: number | bigint
      readonly op: string
    }>
  }>
}

export type OciSpec = {
  readonly ociVersion: string
  readonly process: OciProcess
  readonly root: { readonly path: string; readonly readonly: boolean }
  /** Absent where the UTS namespace is another's. */
  readonly hostname?: string
  readonly mounts: ReadonlyArray<OciMount>
  readonly annotations: Readonly<Record<string, string>>
  readonly linux: {
    readonly resources: OciResources
    readonly cgroupsPath: string
    readonly namespaces: ReadonlyArray<OciNamespace>
    readonly devices: ReadonlyArray<OciDevice>
    readonly maskedPaths: ReadonlyArray<string>
    readonly readonlyPaths: ReadonlyArray<string>
    readonly rootfsPropagation?: string
    readonly sysctl?: Readonly<Record<string, string>>
    readonly seccomp?: OciSeccomp
  }
}

/** The configuration cannot be met: `EUSER` for unknown users and groups, else `EINVAL`. */
export interface SpecRefusal {
  readonly _tag: 'SpecRefusal'
  readonly errno: 'EUSER' | 'EINVAL'
  readonly message: string
}

export const specRefusal = (errno: SpecRefusal['errno'], message: string): SpecRefusal => ({
  _tag: 'SpecRefusal',
  errno,
  message,
})
