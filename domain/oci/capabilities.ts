/** Linux capabilities: the kernel's table, the default set, and `--cap-add`, `--cap-drop`. */
import * as E from 'fp-ts/lib/Either.js'

/** Index is the kernel's capability number (capabilities(7), include/uapi/linux/capability.h). */
export const capabilityNames: ReadonlyArray<string> = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
]

/** PRIV-CAP-01 … 14, SEC-CAP-04. */
export const defaultCapabilities: ReadonlyArray<string> = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
]

/** Names whose bit is set in a mask such as `CapBnd` of proc_pid_status(5), up to `last`. */
export const capabilitiesOfMask = (mask: bigint, last: number): ReadonlyArray<string> =>
  capabilityNames.filter((_, bit) => bit <= last && ((mask >> BigInt(bit)) & 1n) === 1n)

const all = 'ALL'

/** `CAP_CHOWN` of `chown`, `CAP_CHOWN`, `CHOWN`; `ALL` of `all`; undefined: no such capability. */
const capabilityName = (text: string): string | undefined => {
  const upper = text.toUpperCase()
  if (upper === all || upper === `CAP_${all}`) return all
  const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`
  return capabilityNames.includes(name) ? name : undefined
}

const known = (texts: ReadonlyArray<string>): E.Either<string, ReadonlyArray<string>> => {
  const names: Array<string> = []
  for (const text of texts) {
    const name = capabilityName(text)
    if (name === undefined) return E.left(text)
    names.push(name)
  }
  return E.right(names)
}

export interface CapabilityRequest {
  readonly privileged: boolean
  readonly add: ReadonlyArray<string>
  readonly drop: ReadonlyArray<string>
  /** What the daemon itself may give: its bounding set. */
  readonly available: ReadonlyArray<string>
}

export interface GrantedCapabilities {
  readonly granted: ReadonlyArray<string>
  /** Asked for, but not in the daemon's own bounding set (host.md 1.4). */
  readonly withheld: ReadonlyArray<string>
}

/**
 * SEC-CAP-01, SEC-CAP-02: adds, then drops; with `drop all` only what was added by name remains.
 * Privileged wins over both (PRIV-MODE-04). Left: the name that is no capability.
 */
export const grantCapabilities = (
  request: CapabilityRequest,
): E.Either<string, GrantedCapabilities> => {
  const add = known(request.add)
  if (E.isLeft(add)) return add
  const drop = known(request.drop)
  if (E.isLeft(drop)) return drop
  const base = drop.right.includes(all) ? [] : defaultCapabilities
  const everything = add.right.includes(all) && !drop.right.includes(all)
  const wanted = request.privileged
    ? capabilityNames
    : capabilityNames.filter(
        (name) =>
          (everything || base.includes(name) || add.right.includes(name)) &&
          !drop.right.includes(name),
      )
  return E.right({
    granted: wanted.filter((name) => request.available.includes(name)),
    withheld: wanted.filter((name) => !request.available.includes(name)),
  })
}
