/** The profile of a container that names none, where the host has no file of its own for it. */
import { allowedCalls, wordsOf } from './allowed-calls.ts'
import type { ArgumentTest, ProfileRule, SeccompProfile } from './profile.ts'

const allow = (calls: string, more: Partial<ProfileRule> = {}): ProfileRule => ({
  names: wordsOf(calls),
  action: 'SCMP_ACT_ALLOW',
  errno: undefined,
  tests: [],
  withCapabilities: [],
  withoutCapabilities: [],
  architectures: [],
  ...more,
})

const equal = (value: number): ArgumentTest => ({
  index: 0,
  value,
  valueTwo: 0,
  op: 'SCMP_CMP_EQ',
})

/** PER_LINUX, PER_LINUX32, each also with UNAME26, and the query (SEC-SECCOMP-11). */
const personalities = [0, 8, 0x20000, 0x20008, 0xffffffff]

/** CLONE_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID and _NEWNET. */
const namespaceFlags = 0x7e020000

const noNewNamespace: ArgumentTest = {
  index: 0,
  value: namespaceFlags,
  valueTwo: 0,
  op: 'SCMP_CMP_MASKED_EQ',
}

const enosys = 38

/** What a capability of capabilities(7) is for can be used once it is granted (SEC-CAP-06). */
const ofCapability: Readonly<Record<string, string>> = {
  CAP_BPF: 'bpf',
  CAP_DAC_READ_SEARCH: 'open_by_handle_at',
  CAP_PERFMON: 'perf_event_open',
  CAP_SYS_ADMIN:
    'bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount ' +
    'mount_setattr move_mount name_to_handle_at open_tree perf_event_open pivot_root quotactl ' +
    'quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare',
  CAP_SYS_BOOT: 'reboot',
  CAP_SYS_CHROOT: 'chroot',
  CAP_SYS_MODULE: 'delete_module finit_module init_module',
  CAP_SYS_NICE:
    'get_mempolicy mbind migrate_pages move_pages set_mempolicy set_mempolicy_home_node',
  CAP_SYS_PACCT: 'acct',
  CAP_SYS_PTRACE: 'kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev',
  CAP_SYS_RAWIO: 'ioperm iopl',
  CAP_SYS_TIME: 'clock_settime clock_settime64 settimeofday stime',
  CAP_SYS_TTY_CONFIG: 'vhangup',
  CAP_SYSLOG: 'syslog',
}

const admin = ['CAP_SYS_ADMIN']

export const defaultProfile: SeccompProfile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrno: undefined,
  architectures: [],
  rules: [
    allow(allowedCalls.join(' ')),
    ...personalities.map((value) => allow('personality', { tests: [equal(value)] })),
    allow('clone', { tests: [noNewNamespace], withoutCapabilities: admin }),
    // Its flags are in memory, out of a filter's reach: C libraries fall back to clone.
    allow('clone3', { action: 'SCMP_ACT_ERRNO', errno: enosys, withoutCapabilities: admin }),
    ...Object.entries(ofCapability).map(([capability, calls]) =>
      allow(calls, { withCapabilities: [capability] }),
    ),
  ],
}
