/** From a profile and the container's capabilities to the filter of its OCI `config.json`. */
import type { OciSeccomp } from '../spec.ts'
import type { SeccompProfile } from './profile.ts'

/** By Node's `process.arch`: libseccomp's names of all that the kernel runs, and Go's name. */
const architectures: Readonly<Record<string, readonly [string, ReadonlyArray<string>]>> = {
  x64: ['amd64', ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32']],
  ia32: ['386', ['SCMP_ARCH_X86']],
  arm64: ['arm64', ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM']],
  arm: ['arm', ['SCMP_ARCH_ARM']],
  riscv64: ['riscv64', ['SCMP_ARCH_RISCV64']],
  ppc64: ['ppc64le', ['SCMP_ARCH_PPC64LE']],
  s390x: ['s390x', ['SCMP_ARCH_S390X', 'SCMP_ARCH_S390']],
  loong64: ['loong64', ['SCMP_ARCH_LOONGARCH64']],
}

export interface SeccompInput {
  readonly profile: SeccompProfile
  /** As Node names it. */
  readonly architecture: string
  readonly capabilities: ReadonlyArray<string>
}

/** An architecture that is not known here gets its own calls only: libseccomp's default. */
export const buildSeccomp = (input: SeccompInput): OciSeccomp => {
  const { profile, architecture, capabilities } = input
  const [goName, ownNames] = architectures[architecture] ?? ['', []]
  const counts = profile.rules.filter(
    (rule) =>
      rule.withCapabilities.every((one) => capabilities.includes(one)) &&
      !rule.withoutCapabilities.some((one) => capabilities.includes(one)) &&
      (rule.architectures.length === 0 || rule.architectures.includes(goName)),
  )
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrno === undefined ? {} : { defaultErrnoRet: profile.defaultErrno }),
    architectures: profile.architectures.length === 0 ? ownNames : profile.architectures,
    syscalls: counts.map(({ names, action, errno, tests }) => ({
      names,
      action,
      ...(errno === undefined ? {} : { errnoRet: errno }),
      ...(tests.length === 0 ? {} : { args: tests.map((test) => ({ ...test })) }),
    })),
  }
}
