/** The system call filter and `no_new_privs` of a container (SEC-SECCOMP-*). */
import * as E from 'fp-ts/lib/Either.js'
import type { HostConfig } from '../container/config.ts'
import { securityOptions } from '../container/validate/security-option.ts'
import type { SeccompFacts } from './host-facts.ts'
import { buildSeccomp } from './seccomp/build-seccomp.ts'
import { defaultProfile } from './seccomp/default-profile.ts'
import { parseProfile, type SeccompProfile } from './seccomp/profile.ts'
import { specRefusal, type OciSeccomp, type SpecRefusal } from './spec.ts'

export interface Security {
  readonly noNewPrivileges: boolean
  /** Undefined: no call is filtered. */
  readonly seccomp: OciSeccomp | undefined
  readonly warnings: ReadonlyArray<string>
}

type Attempt<A> = E.Either<SpecRefusal, A>

const parsed = (text: string, whose: string): Attempt<SeccompProfile> => {
  const profile = parseProfile(text)
  return E.isLeft(profile)
    ? E.left(specRefusal('EINVAL', `${whose} seccomp profile: ${profile.left}`))
    : profile
}

const ownDefault = (facts: SeccompFacts): Attempt<SeccompProfile> =>
  facts.profile === null ? E.right(defaultProfile) : parsed(facts.profile, "the host's default")

/** Privileged containers are never filtered (SEC-SECCOMP-05, PRIV-MODE-04). */
export const buildSecurity = (
  host: Pick<HostConfig, 'Privileged' | 'SecurityOpt'>,
  facts: SeccompFacts,
  capabilities: ReadonlyArray<string>,
): Attempt<Security> => {
  const options = securityOptions(host.SecurityOpt)
  if (E.isLeft(options)) return E.left(specRefusal('EINVAL', options.left.message))
  const { noNewPrivileges, seccomp } = options.right
  const plain = { noNewPrivileges, seccomp: undefined, warnings: [] }
  if (host.Privileged || seccomp?._tag === 'Unconfined') return E.right(plain)
  if (!facts.supported)
    return seccomp === undefined
      ? E.right({ ...plain, warnings: ['the kernel has no seccomp: no system call is filtered'] })
      : E.left(specRefusal('EINVAL', 'the kernel has no seccomp: the profile cannot be applied'))
  const profile =
    seccomp === undefined ? ownDefault(facts) : parsed(seccomp.text, "the container's")
  if (E.isLeft(profile)) return profile
  const { architecture } = facts
  return E.right({
    ...plain,
    seccomp: buildSeccomp({ profile: profile.right, architecture, capabilities }),
  })
}
