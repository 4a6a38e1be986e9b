/** Resource limits of the container's process, exact and within what the daemon can give. */
import * as E from 'fp-ts/lib/Either.js'
import type { Ulimit } from '../container/config.ts'
import { checkUlimit, rlimitValue } from '../container/validate/ulimits.ts'
import { specRefusal, type OciRlimit, type SpecRefusal } from './spec.ts'

export interface BuiltRlimits {
  readonly rlimits: ReadonlyArray<OciRlimit>
  readonly warnings: ReadonlyArray<string>
}

const rlimInfinity = 2n ** 64n - 1n

const shown = (value: bigint): string => (value === rlimInfinity ? 'unlimited' : value.toString())

/**
 * A daemon without CAP_SYS_RESOURCE cannot raise hard limits (host.md 1.4): they are lowered to
 * its own, with a warning. A negative nofile fails as on every host (RES-ULIMIT-36).
 */
export const buildRlimits = (
  ulimits: ReadonlyArray<Ulimit>,
  ceilings: Readonly<Record<string, bigint>>,
): E.Either<SpecRefusal, BuiltRlimits> => {
  const rlimits: Array<OciRlimit> = []
  const warnings: Array<string> = []
  for (const ulimit of ulimits) {
    const checked = checkUlimit(ulimit)
    if (E.isLeft(checked)) return E.left(specRefusal('EINVAL', checked.left.message))
    const { Name, Hard, Soft } = checked.right
    if (Name === 'nofile' && (Hard < 0 || Soft < 0))
      return E.left(
        specRefusal('EINVAL', `setting ulimit nofile=${Soft}:${Hard}: Operation not permitted`),
      )
    const type = `RLIMIT_${Name.toUpperCase()}`
    const ceiling = ceilings[type] ?? rlimInfinity
    const [hard, soft] = [rlimitValue(Hard), rlimitValue(Soft)]
    if (hard > ceiling)
      warnings.push(
        `ulimit ${Name}: hard limit ${shown(hard)} is lowered to ${shown(ceiling)}, ` +
          `the most that this daemon can give`,
      )
    rlimits.push({
      type,
      hard: hard > ceiling ? ceiling : hard,
      soft: soft > ceiling ? ceiling : soft,
    })
  }
  return E.right({ rlimits, warnings })
}
